"""Whoever changes the history in the database is found out: nobody can recompute its codes."""

import json
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert, select

from app.audit.erasing import erase_values
from app.audit.models import HistoryEntry
from app.audit.sealing import seal_history
from app.cases.models import Case, LabTest
from app.core.crypto.sealing import seal
from app.core.db import db
from app.core.transaction import transaction
from app.security.actor import acting_as, system_actor
from tests.audit.chain import ENTRY, broken, change_sex, execute, verified
from tests.support import cast
from tests.support.tampering import unguarded


def test_an_untouched_history_verifies_before_and_after_it_is_sealed(app: Flask) -> None:
    with app.app_context():
        change_sex(cast.own_episode().case, "male", "female")
        fresh = verified()
        assert (fresh.broken, fresh.unsealed) == (0, fresh.entries)
        assert fresh.entries > 30
        assert seal_history() == fresh.entries
        sealed = verified()
        assert (sealed.broken, sealed.unsealed, sealed.seals) == (0, 0, 1)
        assert seal_history() == 0
        change_sex(cast.own_episode().case, "male")
        assert seal_history() == 1
        assert (verified().broken, verified().seals) == (0, 2)


def test_entries_of_one_record_name_the_one_before(app: Flask) -> None:
    with app.app_context():
        first, second = change_sex(cast.own_episode().case, "male", "female")
        with acting_as(system_actor("test")):
            before, after = (
                db.session.get(HistoryEntry, first),
                db.session.get(HistoryEntry, second),
            )
            assert before is not None
            assert after is not None
            assert (after.number, after.previous) == (before.number + 1, before.mac)
            assert after.item_names == ";sex;"


def test_two_saves_in_one_transaction_stand_one_behind_the_other(app: Flask) -> None:
    with app.app_context():
        own = cast.own_episode()
        with acting_as(cast.actor("aoki")), transaction() as session:
            case = session.get(Case, own.case)
            assert case is not None
            for value in ("male", "female", "male"):
                case.sex = value
                session.flush()
        assert broken() == []


@pytest.mark.parametrize("sealed", [False, True])
def test_a_changed_value_is_named(app: Flask, sealed: bool) -> None:
    with app.app_context():
        own = cast.own_episode()
        _first, second, _third = change_sex(own.case, "male", "female", "male")
        if sealed:
            seal_history()
        # Somebody who has stolen the field keys as well.
        forged = seal(json.dumps({"sex": ["male", "male"]}).encode(), "history_entry.changes")
        execute("UPDATE history_entry SET changes = :c WHERE id = :i", c=forged, i=second)
        (found,) = broken()
        assert found.startswith(f"entry {second} (case {own.case}, number ")
        assert "the value of sex was changed" in found


@pytest.mark.parametrize("column", ["changes", "reason"])
def test_a_value_overwritten_without_the_field_keys_is_named(app: Flask, column: str) -> None:
    with app.app_context():
        own = cast.own_episode()
        _first, second, _third = change_sex(own.case, "male", "female", "male")
        execute(f"UPDATE history_entry SET {column} = :c WHERE id = :i", c=b"forged", i=second)
        (found,) = broken()
        assert found.startswith(f"entry {second} (case {own.case}, number ")
        assert "do not open" in found


@pytest.mark.parametrize(
    ("column", "value"),
    [("user_name", "somebody else"), ("reason", "another reason"), ("at", "2021-01-01 00:00:00")],
)
def test_who_why_and_when_cannot_be_changed(app: Flask, column: str, value: str) -> None:
    with app.app_context():
        (entry,) = change_sex(cast.own_episode().case, "male")
        written = seal(value.encode(), "history_entry.reason") if column == "reason" else value
        execute(f"UPDATE history_entry SET {column} = :v WHERE id = :i", v=written, i=entry)
        assert len(broken()) == 1
        assert f"entry {entry} " in broken()[0]


def test_an_entry_taken_out_of_the_middle_is_missed_at_once(app: Flask) -> None:
    with app.app_context():
        _first, second, third = change_sex(cast.own_episode().case, "male", "female", "male")
        execute("DELETE FROM history_entry WHERE id = :i", i=second)
        (found,) = broken()
        assert f"entry {third} " in found
        assert "of the same record is missing" in found


@pytest.mark.parametrize("sealed", [False, True])
def test_two_entries_that_changed_places_are_found(app: Flask, sealed: bool) -> None:
    with app.app_context():
        first, second, _third = change_sex(cast.own_episode().case, "male", "female", "male")
        if sealed:
            seal_history()
        for old, new in ((first, 900_000), (second, first), (900_000, second)):
            execute("UPDATE history_entry SET id = :new WHERE id = :old", new=new, old=old)
        assert broken() != []


def test_entries_of_different_records_that_changed_places_are_found(app: Flask) -> None:
    with app.app_context():
        own = cast.own_episode()
        (first,) = change_sex(own.case, "male")
        with acting_as(cast.actor("aoki")), transaction() as session:
            test = session.get(LabTest, own.lab_test)
            assert test is not None
            test.result = "negative"
        seal_history()
        for old, new in ((first, 900_000), (first + 1, first), (900_000, first + 1)):
            execute("UPDATE history_entry SET id = :new WHERE id = :old", new=new, old=old)
        (found,) = broken()
        assert found.endswith("its entries are not those that were sealed")


@pytest.mark.parametrize("sealed", [False, True])
def test_a_forged_entry_is_found(app: Flask, sealed: bool) -> None:
    with app.app_context():
        (entry,) = change_sex(cast.own_episode().case, "male")
        if sealed:
            seal_history()
        with unguarded() as connection:
            row = dict(connection.execute(select(ENTRY).where(ENTRY.c.id == entry)).one()._mapping)
            row |= {"id": entry + 1, "number": row["number"] + 1, "previous": row["mac"]}
            connection.execute(insert(ENTRY).values(**row))
        (found,) = broken()
        assert found.startswith(f"entry {entry + 1} ")


def test_a_key_of_another_installation_makes_no_entry_true(app: Flask, monkeypatch: Any) -> None:
    with app.app_context():
        monkeypatch.setitem(app.config, "HISTORY_KEYS", ("a key of somebody else " * 2,))
        (entry,) = change_sex(cast.own_episode().case, "male")
        monkeypatch.setitem(app.config, "HISTORY_KEYS", ())
        (found,) = broken()
        assert f"entry {entry} " in found
        assert "a key that is not configured" in found


def test_a_replaced_key_still_verifies_what_it_wrote(app: Flask, monkeypatch: Any) -> None:
    with app.app_context():
        own = cast.own_episode()
        seal_history()
        former, new = app.config["SECRET_KEY"], "the next key of this installation, long enough"
        monkeypatch.setitem(app.config, "HISTORY_KEYS", (new, former))
        change_sex(own.case, "male")
        seal_history()
        assert broken() == []


def test_erased_values_leave_a_history_that_verifies_and_says_so(app: Flask) -> None:
    with app.app_context():
        own = cast.own_episode()
        change_sex(own.case, "male")
        seal_history()
        with acting_as(system_actor("retention")) as system, transaction() as session:
            touched = erase_values(session, "case", own.case, ["remarks"], by=system)
        assert touched == 2
        done = verified()
        assert (done.broken, done.erased) == (0, 2)
        with unguarded() as connection:
            mine = select(ENTRY).where(ENTRY.c.case_id == own.case).order_by(ENTRY.c.id)
            rows = connection.execute(mine).all()
        of_case = [row for row in rows if row.record_type == "case"]
        assert "山田 花子について" not in str(of_case)
        assert "訂正" not in [row.reason for row in of_case]
        assert (of_case[0].changes["remarks"], of_case[-1].action) == (None, "erased")
        assert of_case[0].changes["sex"] == [None, "female"]


def test_values_blanked_by_hand_are_found(app: Flask) -> None:
    with app.app_context():
        own = cast.own_episode()
        (entry,) = change_sex(own.case, "male")
        with unguarded() as connection:
            row = connection.execute(select(ENTRY).where(ENTRY.c.id == entry)).one()
            blank = {name: "." + proof.partition(".")[2] for name, proof in row.proof.items()}
            values = {"changes": {"sex": None}, "reason": None, "proof": blank}
            connection.execute(ENTRY.update().where(ENTRY.c.id == entry).values(**values))
        (found,) = broken()
        assert found.endswith("values were erased without an entry that says so")


def test_the_command_says_so_and_answers_with_its_exit_code(app: Flask) -> None:
    with app.app_context():
        own = cast.own_episode()
        (entry,) = change_sex(own.case, "male")
    run = app.test_cli_runner()
    assert "entries sealed" in run.invoke(args=["history", "seal"]).output
    sound = run.invoke(args=["history", "verify"])
    assert (sound.exit_code, "The history is as it was written." in sound.output) == (0, True)
    with app.app_context():
        execute("UPDATE history_entry SET user_name = 'x' WHERE id = :i", i=entry)
    found = run.invoke(args=["history", "verify"])
    assert found.exit_code == 1
    assert f"BROKEN entry {entry} (case {own.case}, " in found.output
