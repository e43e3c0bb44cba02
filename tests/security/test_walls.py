"""PostgreSQL's own walls: what the database refuses although the session does not ask."""

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from app.core.db import db
from app.security import rows, walls
from app.security.actor import system_actor
from tests.support import cast
from tests.support.walls import bare, count


def test_the_portal_runs_as_a_role_that_no_policy_lets_pass(walled: Flask) -> None:
    with db.engine.connect() as connection:
        found = walls.status(connection)
    assert (found.role, found.bypasses, found.missing) == ("portal_app", False, ())
    assert found.knows_key


def test_without_an_actor_there_are_no_rows_at_all(walled: Flask) -> None:
    tables = [model.__tablename__ for model in rows.declared_models()]
    with bare(None) as connection:
        assert {name: count(connection, name) for name in tables} == dict.fromkeys(tables, 0)
        assert count(connection, "ab_user") == 0


def test_a_clinic_reads_its_own_persons_whatever_it_asks(walled: Flask) -> None:
    own, foreign = cast.own_episode(), cast.foreign_episode()
    with bare(cast.actor("endo")) as connection:
        seen = connection.execute(text("SELECT id FROM person")).scalars().all()
    assert own.person in seen
    assert foreign.person not in seen


def test_the_history_of_a_person_is_no_way_round_the_wall(walled: Flask) -> None:
    own, foreign = cast.own_episode(), cast.foreign_episode()
    people: dict[str, set[int | None]] = {}
    for who in ("endo", "aoki", "doi", "oka"):
        with bare(cast.actor(who)) as connection:
            about = connection.execute(text("SELECT DISTINCT person_id FROM history_entry"))
            people[who] = set(about.scalars())
            cases = connection.execute(text("SELECT DISTINCT case_id FROM history_entry"))
            assert foreign.case not in set(cases.scalars())
    assert own.person in people["endo"] & people["aoki"]
    assert all(foreign.person not in seen for seen in people.values())
    assert people["oka"] == {None}


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("person", "name = 'x'"),
        ("case_record", "remarks = 'x'"),
        ("notification", "doctor_name = 'x'"),
        ("lab_test", "result = 'negative'"),
        ("health_observation", "remarks = 'x'"),
        ("contact", "status = 'ended'"),
    ],
)
def test_rows_of_others_are_neither_changed_nor_removed(
    walled: Flask, table: str, change: str
) -> None:
    actor = cast.actor("aoki")
    with bare(system_actor("test")) as connection:
        everything = count(connection, table)
    with bare(actor) as connection:
        mine = count(connection, table)
        assert 0 < mine < everything
        assert connection.execute(text(f"UPDATE {table} SET {change}")).rowcount == mine


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO lab_test (row_version, case_id) VALUES (1, :case)",
        "INSERT INTO stay (row_version, case_id, place) VALUES (1, :case, 'home')",
        (
            "INSERT INTO case_access (row_version, case_id, institution_id, role, from_at)"
            " VALUES (1, :case, :institution, 'responsible', now())"
        ),
        "UPDATE lab_test SET case_id = :case",
        "UPDATE case_record SET person_id = :person",
    ],
)
def test_nothing_is_hung_on_a_record_of_others(walled: Flask, statement: str) -> None:
    actor, foreign = cast.actor("aoki"), cast.foreign_episode()
    values = {
        "case": foreign.case,
        "person": foreign.person,
        "institution": actor.institution_id,
    }
    with bare(actor) as connection:
        with pytest.raises(ProgrammingError, match="outside the wall"):
            connection.execute(
                text(statement), {k: v for k, v in values.items() if f":{k}" in statement}
            )
        connection.rollback()


def test_roles_without_persons_make_none(walled: Flask) -> None:
    with bare(cast.actor("doi")) as connection:
        with pytest.raises(ProgrammingError, match="row-level security"):
            connection.execute(text("INSERT INTO person (row_version, name) VALUES (1, 'x')"))
        connection.rollback()


def test_raising_the_walls_again_changes_nothing(walled: Flask) -> None:
    with db.engine.connect() as connection:
        before = walls.status(connection)
    with walls.owner_engine().begin() as connection:
        walls.raise_walls(connection)
    with db.engine.connect() as connection:
        assert walls.status(connection) == before
    answer = walled.test_cli_runner().invoke(args=["db", "walls", "--status"])
    assert "role portal_app is held" in answer.output
    assert "without a wall" not in answer.output
