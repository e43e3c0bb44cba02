"""What a database gave up since others held it, told from what is wrong."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from app.core.db import is_busy


class Refused(Exception):
    """What the driver of PostgreSQL raises, as far as it is looked at."""

    def __init__(self, sqlstate: str) -> None:
        super().__init__("held")
        self.sqlstate = sqlstate


def locked(path: Path) -> sqlite3.OperationalError:
    """The error of a real writer that came second."""
    with closing(sqlite3.connect(path)) as first, closing(sqlite3.connect(path)) as second:
        second.execute("PRAGMA busy_timeout=0")
        first.execute("BEGIN IMMEDIATE")
        with pytest.raises(sqlite3.OperationalError) as told:
            second.execute("BEGIN IMMEDIATE")
    return told.value


@pytest.mark.parametrize(
    ("sqlstate", "busy"), [("55P03", True), ("40P01", True), ("40001", True), ("57P01", False)]
)
def test_only_what_others_hold_is_busy(sqlstate: str, busy: bool) -> None:
    assert is_busy(OperationalError("", {}, Refused(sqlstate))) is busy


def test_a_table_that_is_missing_is_not_busy(tmp_path: Path) -> None:
    with (
        closing(sqlite3.connect(tmp_path / "empty.sqlite3")) as empty,
        pytest.raises(sqlite3.OperationalError) as told,
    ):
        empty.execute("SELECT 1 FROM nothing")
    assert not is_busy(OperationalError("", {}, told.value))


def test_the_second_writer_of_a_file_is_told_apart(tmp_path: Path) -> None:
    assert is_busy(OperationalError("", {}, locked(tmp_path / "one.sqlite3")))
