"""Everything comes under the newest key while people go on working, however often it is stopped."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import LargeBinary, select, type_coerce, update

from app.audit.models import HistoryEntry
from app.core.crypto import rotation
from app.core.crypto.keys import EXTENSION, KeyRing, key_ring, new_entry
from app.core.crypto.rotation import counts, rotate
from app.core.crypto.startup import places_not_opened
from app.core.db import db
from app.core.transaction import transaction
from app.persons.models import Person
from app.security.actor import acting_as, system_actor
from config import ROOT
from tests.support import cast

NEW = new_entry(2)


@pytest.fixture
def two_keys(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """A second key was added and is the current one."""
    old = app.config["FIELD_KEYS"]
    monkeypatch.setitem(app.extensions, EXTENSION, KeyRing(f"{NEW},{old}"))
    with app.app_context(), acting_as(system_actor("test")):
        yield app


def by_key() -> dict[int, int]:
    """Key id → values under it, of everything."""
    together: dict[int, int] = {}
    for found in counts().values():
        for key_id, count in found.items():
            together[key_id] = together.get(key_id, 0) + count
    return together


def versions() -> list[tuple[int, int]]:
    rows = db.session.execute(select(Person.id, Person.row_version).order_by(Person.id))
    return [tuple(row) for row in rows]


def test_rotating_changes_the_keys_and_nothing_else(two_keys: Flask) -> None:
    before, names = versions(), db.session.scalars(select(Person.name).order_by(Person.id)).all()
    changes = db.session.scalars(select(HistoryEntry.changes).order_by(HistoryEntry.id)).all()
    there = by_key()
    assert set(there) == {1}
    told: list[tuple[str, int, int]] = []
    assert rotate(lambda *step: told.append(step)) == 0
    assert by_key() == {2: there[1]}
    db.session.expunge_all()
    assert versions() == before
    assert db.session.scalars(select(Person.name).order_by(Person.id)).all() == names
    after = db.session.scalars(select(HistoryEntry.changes).order_by(HistoryEntry.id)).all()
    assert after == changes
    assert ("person", 4, 4) in told
    assert rotate() == 0


def test_a_rotation_that_was_stopped_goes_on_where_it_was(
    two_keys: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rotation, "BATCH", 2)
    there = sum(by_key().values())

    class Killed(BaseException):
        pass

    def kill(_name: str, _done: int, _total: int) -> None:
        raise Killed

    for _ in range(3):
        with pytest.raises(Killed):
            rotate(kill)
        both = by_key()
        assert both[1] > 0
        assert both[2] > 0
        db.session.remove()
        # What is half way is read by everybody.
        assert "山田 花子" in db.session.scalars(select(Person.name)).all()
    assert rotate() == 0
    assert by_key() == {2: there}


def test_whoever_saves_meanwhile_wins(two_keys: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The row is changed after the rotation read it and before it writes."""
    person = cast.own_episode().person
    key = key_ring().current()
    table = Person.__table__
    with transaction() as session:
        rows = rotation._stale_rows(session, table, key, None)  # type: ignore[arg-type]
    with transaction() as session:
        session.get_one(Person, person).address = "引っ越し先"
    with transaction() as session:
        rotation._write(session, table, rows, key)  # type: ignore[arg-type]
    db.session.expunge_all()
    changed = db.session.get_one(Person, person)
    assert (changed.address, changed.name) == ("引っ越し先", "山田 花子")
    with transaction() as session:
        left = rotation._stale_rows(session, table, key, None)  # type: ignore[arg-type]
    assert [row[0] for row in left] == [person]
    assert rotate() == 0


def test_a_key_is_missed_as_soon_as_it_is_gone(
    two_keys: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert places_not_opened() == []
    monkeypatch.setitem(two_keys.extensions, EXTENSION, KeyRing(NEW))
    assert "history_entry.changes" in places_not_opened()
    wrong = KeyRing(new_entry(1))
    monkeypatch.setitem(two_keys.extensions, EXTENSION, wrong)
    assert "history_entry.changes" in places_not_opened()


def test_commands_and_start_see_every_row_though_nobody_acts(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As an operator's shell does: the database shows no row to whoever is nobody."""
    with app.app_context():
        assert by_key()[1] > 100
        assert places_not_opened() == []
        monkeypatch.setitem(app.extensions, EXTENSION, KeyRing(NEW))
        assert "history_entry.changes" in places_not_opened()
        both = KeyRing(f"{NEW},{app.config['FIELD_KEYS']}")
        monkeypatch.setitem(app.extensions, EXTENSION, both)
        assert app.test_cli_runner().invoke(args=["keys", "remove", "1"]).exit_code == 1
        assert rotate() == 0
        assert set(by_key()) == {2}


def test_the_commands_say_what_they_did(two_keys: Flask) -> None:
    run = two_keys.test_cli_runner()
    status = run.invoke(args=["keys", "status"])
    assert status.exit_code == 0, status.output
    assert re.search(r"^key 2: \d values \(current\)$", status.output, re.MULTILINE)
    refused = run.invoke(args=["keys", "remove", "1"])
    assert refused.exit_code == 1
    assert "lie under key 1" in refused.output
    rotated = run.invoke(args=["keys", "rotate"])
    assert rotated.exit_code == 0, rotated.output
    assert "person: 4 of 4" in rotated.output
    assert "0 rows left" in rotated.output
    removed = run.invoke(args=["keys", "remove", "1"])
    assert "take it out of FIELD_KEYS" in removed.output
    assert run.invoke(args=["keys", "remove", "2"]).exit_code == 1
    added = run.invoke(args=["keys", "add"])
    assert added.output.startswith("3:")
    for name in ("山田", "ヤマダ"):
        assert name not in status.output + rotated.output


@pytest.mark.one_database
@pytest.mark.timeout(400)
def test_a_killed_command_is_run_again_while_the_portal_works(
    app: Flask, tmp_path: Path, database_url: str
) -> None:
    """kill -9 in the middle; meanwhile this process, which was never restarted, saves and reads."""
    path = tmp_path / "field-keys"
    path.touch(0o600)
    path.write_text(app.config["FIELD_KEYS"])
    ring = KeyRing(path=path)
    environment = {
        **os.environ,
        "PORTAL_MODE": "demo",
        "DATA_DIR": str(tmp_path),
        "DATABASE_URL": database_url,
        "FIELD_KEYS_FILE": str(path),
    }
    command = [sys.executable, "-m", "flask", "--app", "run", "keys"]
    before = app.extensions[EXTENSION]
    app.extensions[EXTENSION] = ring
    try:
        with app.app_context(), acting_as(system_actor("test")):
            with transaction() as session:
                session.add_all(Person(name=f"某{n}", kana=f"ボウ{n}") for n in range(3000))
            db.session.expunge_all()
            subprocess.run([*command, "add"], cwd=ROOT, env=environment, check=True)
            running = subprocess.Popen(
                [*command, "rotate"], cwd=ROOT, env=environment, stdout=subprocess.PIPE
            )
            assert running.stdout is not None
            while not running.stdout.readline().startswith(b"person: 500"):
                assert running.poll() is None
            running.send_signal(signal.SIGKILL)
            running.wait()
            running.stdout.close()
            half = counts()["person.name"]
            assert half[1] > 0
            assert half[2] >= 500
            own = cast.own_episode().person
            with transaction() as session:
                session.get_one(Person, own).name = "山田 改姓"
            db.session.expunge_all()
            done = subprocess.run([*command, "rotate"], cwd=ROOT, env=environment, check=True)
            assert done.returncode == 0
            assert set(counts()["person.name"]) == {2}
            assert db.session.get_one(Person, own).name == "山田 改姓"
    finally:
        app.extensions[EXTENSION] = before


def test_a_tampered_value_is_refused_with_a_neutral_error(
    app: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with app.app_context(), acting_as(system_actor("test")):
        own = cast.own_episode()
        raw = type_coerce(Person.__table__.c.kana, LargeBinary)
        with db.engine.begin() as connection:
            table = Person.__table__
            kana = connection.execute(select(raw).where(table.c.id == own.person)).scalar_one()
            moved = update(table).where(table.c.id == own.person)
            connection.execute(moved.values(name=type_coerce(kana, LargeBinary)))
    client = cast.sign_in(app.test_client(), "aoki")
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    for path in ("/cases/list/", f"/cases/show/{own.case}", f"/persons/edit/{own.person}"):
        answer = client.get(path)
        assert answer.status_code == 500
        for word in ("山田", "ヤマダ", "person.name", "Unreadable"):
            assert word not in answer.text
    assert "Unreadable" in caplog.text
    assert "ヤマダ" not in caplog.text
