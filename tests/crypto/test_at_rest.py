"""After a whole journey neither the database nor any file beside it holds what identifies."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text

from app.accounts.models import ParkedForm
from app.cases.models import Case
from app.core.db import db
from app.exports.service import request_export
from app.jobs.models import JobRun
from app.jobs.runner import run_job
from app.notifications.models import Notification
from app.persons.models import Person
from app.security import walls
from app.security.actor import acting_as, system_actor
from tests.notifications.samples import post
from tests.support import cast
from tests.support.pages import send

pytestmark = pytest.mark.usefixtures("frozen_clock")

WRITTEN = {
    "name": "丸印　甚五郎",
    "kana": "まるじるし じんごろう",
    "birth_on": "S6.2.3",
    "address": "東京都新宿区西新宿2-8-1秘密荘",
    "mobile_phone": "070-7777-1234",
    "remarks": "喫茶まぼろしの店主",
}
MARKERS = (
    "丸印",
    "甚五郎",
    "マルジルシ",
    "まるじるし",
    "ジンゴロウ",
    "1931-02-03",
    "秘密荘",
    "7777-1234",
    "77771234",
    "maboroshi@",
    "まぼろし",
    "夜間にせん妄",
    "聞き取り直し",
    "発送前に直す",
)


@pytest.fixture(autouse=True)
def _without_form_tokens(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)


def forms_of(marker: str) -> tuple[bytes, ...]:
    """The marker as it could lie in a file: UTF-8, UTF-16, JSON escapes, hex, cp932."""
    escaped = marker.encode("unicode_escape")
    sixteen = marker.encode("utf-16-le")
    hexed = marker.encode().hex().encode()
    found = (marker.encode(), sixteen, escaped, hexed, hexed.upper(), marker.encode("cp932"))
    # Shorter ones turn up by chance in so many random bytes (and digests in base64).
    return tuple(form for form in found if len(form) >= 6)


def journey(app: Flask) -> tuple[int, int]:
    """Draft, submission, acceptance, corrections, observation, export, parked form."""
    clinic, centre, nurse = (cast.sign_in(app.test_client(), n) for n in ("endo", "aoki", "baba"))
    assert post(clinic, step="draft", **{**WRITTEN, "remarks": "発送前に直す"}).status_code == 303
    answer = post(clinic, **WRITTEN)
    assert answer.status_code == 303, answer.text[:2000]
    key = int(re.findall(r"\d+$", answer.location)[0])
    assert centre.post(f"/notifications/accept/{key}").status_code == 303
    with app.app_context(), acting_as(system_actor("test")):
        case_id = db.session.get_one(Notification, key).case_id
        assert case_id is not None
        person_id = db.session.get_one(Case, case_id).person_id
        version = db.session.get_one(Person, person_id).row_version
        db.session.remove()
    edited = send(
        centre,
        f"/persons/edit/{person_id}",
        **{**WRITTEN, "email": "maboroshi@example.jp", "row_version_": str(version)},
    )
    assert edited.status_code == 303, edited.text[:3000]
    observed = send(
        nurse,
        f"/observations/add?case_id={case_id}",
        observed_on="2021/8/20",
        part_of_day="morning",
        temperature="38.5",
        remarks="夜間にせん妄",
    )
    assert observed.status_code == 303
    assert "丸印" in centre.post("/cases/list/", data={"person__name": "丸印"}).text
    _export(app)
    _park(app, nurse, case_id)
    return case_id, key


def _export(app: Flask) -> None:
    with app.app_context():
        clerk = cast.actor("aoki")
        for format_ in ("xlsx", "csv", "csv-cp932"):
            with acting_as(clerk):
                row = request_export("case", by=clerk, title="患者一覧", format_=format_)
            assert run_job(row.id)
        db.session.expunge_all()
        with acting_as(system_actor("test")):
            assert {j.state for j in db.session.scalars(select(JobRun))} == {"done"}
        db.session.remove()


def _park(app: Flask, nurse: FlaskClient, case_id: int) -> None:
    with nurse.session_transaction() as session:
        session["seen_at"] -= 3 * 3600
    path = f"/observations/add?case_id={case_id}"
    typed = {"remarks": "聞き取り直し"}
    late = nurse.post(path, data=typed, headers={"Origin": "http://localhost"})
    assert "/login/" in late.location
    with app.app_context(), acting_as(system_actor("test")):
        assert "聞き取り直し" in str(db.session.scalars(select(ParkedForm.payload)).one())
        db.session.remove()


def _database_bytes(app: Flask) -> Iterator[tuple[str, bytes]]:
    """Every file of SQLite; every column of every row of PostgreSQL, as text."""
    with app.app_context():
        engine = db.engine
        if engine.dialect.name == "sqlite":
            path = Path(engine.url.database or "")
            files = sorted(path.parent.glob(f"{path.name}*"))
            assert f"{path.name}-wal" in {file.name for file in files}
            yield from ((file.name, file.read_bytes()) for file in files)
            return
        tables = text("SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'")
        # The portal's own role would be shown no row.
        with walls.owner_engine().connect() as connection:
            for table in connection.scalars(tables).all():
                rows = connection.scalars(text(f"SELECT t::text FROM {table} AS t"))
                yield table, "\n".join(rows).encode()


def test_nothing_that_identifies_lies_about_in_the_open(app: Flask) -> None:
    data = Path(app.config["DATA_DIR"])
    earlier = set(data.rglob("*"))
    journey(app)
    seen = 0
    for place, content in _database_bytes(app):
        seen += len(content)
        for marker in MARKERS:
            for form in forms_of(marker):
                assert form not in content, (place, marker)
    assert seen > 100_000
    files = [path for path in set(data.rglob("*")) - earlier if path.is_file()]
    assert sum(path.name.endswith(".sealed") for path in files) == 3
    for path in files:
        content = path.read_bytes()
        assert not content.startswith(b"PK")
        for marker in MARKERS:
            assert not any(form in content for form in forms_of(marker)), (path.name, marker)


@pytest.mark.one_database
def test_the_search_for_markers_would_find_one(app: Flask) -> None:
    """The cast's institutions are no secret: they do stand in the file."""
    content = b"".join(found for _name, found in _database_bytes_after_a_write(app))
    assert any(form in content for form in forms_of("新宿駅前内科クリニック"))
    assert not any(form in content for form in forms_of("ヤマダ ハナコ"))


def _database_bytes_after_a_write(app: Flask) -> Iterator[tuple[str, bytes]]:
    cast.sign_in(app.test_client(), "aoki").get("/cases/list/")
    post(cast.sign_in(app.test_client(), "endo"), step="draft", **WRITTEN)
    yield from _database_bytes(app)
