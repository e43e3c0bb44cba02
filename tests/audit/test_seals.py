"""Seals: the last entries, too, cannot go unseen."""

from flask import Flask
from sqlalchemy import insert, select

from app.audit.models import HistorySeal
from app.audit.sealing import last_seal, seal_history
from app.core.db import db
from app.security.actor import acting_as, system_actor
from tests.audit.chain import ENTRY, broken, change_sex, execute, verified
from tests.support import cast
from tests.support.tampering import unguarded


def test_the_last_entries_are_missed_once_they_are_sealed(app: Flask) -> None:
    with app.app_context():
        _first, second, third = change_sex(cast.own_episode().case, "male", "female", "male")
        seal_history()
        execute("DELETE FROM history_entry WHERE id >= :i", i=second)
        (found,) = broken()
        assert found.startswith("seal 1 ")
        assert "2 of its" in found
        assert third == second + 1


def test_the_last_seals_are_missed_by_who_kept_one(app: Flask) -> None:
    with app.app_context():
        own = cast.own_episode()
        seal_history()
        (entry,) = change_sex(own.case, "male")
        seal_history()
        anchor = verified().last_seal
        assert anchor.startswith("2:")
        assert broken(anchor) == []
        execute("DELETE FROM history_entry WHERE id = :i", i=entry)
        execute("DELETE FROM history_seal WHERE number = 2")
        assert broken() == []
        assert broken(anchor) == ["the seal that was kept elsewhere is not in the database"]


def test_a_seal_cannot_be_rewritten_or_taken_out(app: Flask) -> None:
    with app.app_context():
        own = cast.own_episode()
        for value in ("male", "female", "male"):
            change_sex(own.case, value)
            seal_history()
        execute("UPDATE history_seal SET entry_count = entry_count - 1 WHERE number = 1")
        assert broken()[0] == "seal 1: its code does not match what it says"
        execute("UPDATE history_seal SET entry_count = entry_count + 1 WHERE number = 1")
        assert broken() == []
        execute("DELETE FROM history_seal WHERE number = 2")
        assert broken()[0] == "seal 3: the seal before it is missing"


def test_an_entry_committed_after_the_seal_of_its_time_is_sealed_later(app: Flask) -> None:
    with app.app_context():
        own = cast.own_episode()
        first, second, _third = change_sex(own.case, "male", "female", "male")
        # As while a long import runs: two keys are given out and not to be seen yet.
        with unguarded() as connection:
            of_import = ENTRY.c.id.in_([first, second])
            rows = [dict(r._mapping) for r in connection.execute(select(ENTRY).where(of_import))]
            connection.execute(ENTRY.delete().where(of_import))
        seal_history()
        with acting_as(system_actor("test")):
            seal = last_seal(db.session())
            assert seal is not None
            assert [first, second, 1] in seal.missing
        with unguarded() as connection:
            connection.execute(insert(ENTRY), rows)
        assert (verified().broken, verified().unsealed) == (0, 2)
        assert seal_history() == 2
        assert (verified().broken, verified().unsealed) == (0, 0)
        with acting_as(system_actor("test")):
            seal = db.session.get(HistorySeal, 2)
            assert seal is not None
            assert (seal.late, seal.missing) == ([[first, second]], [])
        execute("DELETE FROM history_entry WHERE id = :i", i=first)
        assert any("seal 2 " in found and "are missing" in found for found in broken())
