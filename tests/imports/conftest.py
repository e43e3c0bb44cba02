"""Files in the open-data layout, written small."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from app.security.actor import Actor, acting_as
from tests.support import cast

HEADER = (
    "No,全国地方公共団体コード,都道府県名,市区町村名,公表_年月日,発症_年月日,患者_居住地,患者_年代,"
    "患者_性別,患者_職業,患者_状態,患者_症状,患者_渡航歴の有無フラグ,患者_退院済フラグ,備考"
)
FIRST = "1,130001,東京都,,2021-08-02,2021-08-01,新宿区,30代,女性,会社員,軽症,発熱;咳,0,,"
SECOND = "2,130001,東京都,,2021-08-02,,都内,60,男性,,死亡,,1,1,"

Import = Callable[..., Result]


@pytest.fixture
def line_list(tmp_path: Path) -> Callable[..., Path]:
    """Write rows below the header (or below ``header``) and give the file's path."""

    def write(*rows: str, header: str = HEADER, encoding: str = "utf-8") -> Path:
        path = tmp_path / "130001_tokyo_covid19_patients.csv"
        path.write_bytes("\r\n".join((header, *rows, "")).encode(encoding))
        return path

    return write


@pytest.fixture
def run_import(app: Flask) -> Import:
    """The command as an operator types it."""

    def run(path: Path, *options: str) -> Result:
        return app.test_cli_runner().invoke(args=["import", "open-data", str(path), *options])

    return run


@pytest.fixture
def aoki(app: Flask) -> Iterator[Actor]:
    """A clerk of our health centre, who acts throughout the test."""
    with app.app_context():
        actor = cast.actor("aoki")
        with acting_as(actor):
            yield actor
