"""Records for programs leave the same traces as records for people."""

import pytest
from flask import Flask
from sqlalchemy import select

from app.audit.models import ReadEntry
from app.core.db import db
from app.security.actor import acting_as, system_actor
from tests.support import cast

pytestmark = pytest.mark.usefixtures("frozen_clock")


def _reads(app: Flask) -> list[tuple[str, str, int]]:
    with app.app_context(), acting_as(system_actor("test")):
        entry = ReadEntry
        rows = db.session.execute(select(entry.user_name, entry.door, entry.record_count))
        return [(row[0], row[1], row[2]) for row in rows]


@pytest.mark.parametrize("resource", ["case", "observation", "contact", "notification"])
def test_nobody_takes_whole_records_out_by_program_unrecorded(app: Flask, resource: str) -> None:
    nurse = cast.sign_in(app.test_client(), "baba")
    found = nurse.get(f"/api/v1/{resource}").get_json()["result"]
    assert len(found) == 1
    assert _reads(app) == [("baba", f"api.{resource}.list", 1)]


def test_master_data_are_no_read_of_anybody(app: Flask) -> None:
    nurse = cast.sign_in(app.test_client(), "baba")
    assert nurse.get("/api/v1/institution").get_json()["result"]
    assert _reads(app) == []
