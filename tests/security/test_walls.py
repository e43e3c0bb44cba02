"""PostgreSQL's own walls: what the database refuses although the session does not ask."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask, current_app
from sqlalchemy import Connection, event, func, inspect, select, text
from sqlalchemy.exc import DatabaseError, ProgrammingError

from app.audit.models import HistoryEntry, ReadEntry
from app.audit.reads import record_look
from app.core import clock
from app.core.crypto.rotation import encrypted_columns
from app.core.db import db
from app.persons.models import Person
from app.security import claims, rows, walls
from app.security.actor import Actor, acting_as, system_actor
from app.security.claims import rewriting
from app.security.policies import lawful_policies
from app.security.rows import EXEMPT
from tests.support import cast

CAST = tuple(name for name, *_ in cast._PEOPLE)


@pytest.fixture
def walled(app: Flask) -> Iterator[Flask]:
    with app.app_context():
        if db.engine.dialect.name != "postgresql":
            pytest.skip("row-level security is PostgreSQL's")
        yield app


@contextmanager
def bare(actor: Actor | None) -> Iterator[Connection]:
    """A connection of the portal below the session, as an injected statement would have it."""
    if actor is None:
        with db.engine.begin() as connection:
            yield connection
    else:
        with acting_as(actor), db.engine.begin() as connection:
            yield connection


def count(connection: Connection, table: str) -> int:
    found: int = connection.execute(text(f'SELECT count(*) FROM "{table}"')).scalar_one()
    return found


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


def test_law_and_policy_agree_about_every_row_for_the_whole_cast(walled: Flask) -> None:
    compared = 0
    for who in CAST:
        actor = cast.actor(who)
        for model in rows.models_with_laws():
            law = rows.visible(model, actor)
            assert law is not None
            keys = select(*inspect(model).primary_key)
            with bare(system_actor("test")) as connection:
                by_law = set(connection.execute(keys.where(law)).all())
            with bare(actor) as connection:
                by_wall = set(connection.execute(keys).all())
            assert by_wall == by_law, (who, model.__tablename__)
            compared += len(by_wall)
    assert compared > 100


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


def test_every_law_can_be_asked_of_the_database(app: Flask) -> None:
    tables = [policy.table for policy in lawful_policies()]
    assert tables == sorted(model.__tablename__ for model in rows.models_with_laws())


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


def forged(claim: str) -> Callable[[Connection], str]:
    return lambda _connection: f"{'0' * 64}|{claim}"


def of_another_process(connection: Connection) -> str:
    """A claim the portal did sign, for another connection."""
    claim = claims.claim_of(system_actor("x"), begun_at=clock.now())
    raw: Any = connection.connection.driver_connection
    key = claims.wall_key(current_app.config["SECRET_KEY"])
    return claims.signed(claim, key=key, backend=raw.pgconn.backend_pid + 1)


@pytest.mark.parametrize(
    "told",
    [
        forged("system||||||"),
        forged("health_centre_clerk|1|1|1|27|2021-08-20 00:00:00|"),
        of_another_process,
        lambda _connection: "",
        lambda _connection: "system",
    ],
)
def test_a_claim_that_the_portal_did_not_sign_opens_nothing(
    walled: Flask, told: Callable[[Connection], str]
) -> None:
    with bare(cast.actor("endo")) as connection:
        assert count(connection, "person") > 0
        connection.execute(
            text("SELECT set_config('portal.claim', :told, true)"), {"told": told(connection)}
        )
        assert count(connection, "person") == 0


def test_the_key_of_the_signatures_cannot_be_read(walled: Flask) -> None:
    with bare(cast.actor("aoki")) as connection:
        with pytest.raises(ProgrammingError, match="permission denied"):
            connection.execute(text("SELECT * FROM wall.key"))
        connection.rollback()


def test_two_users_of_one_connection_leave_nothing_to_each_other(walled: Flask) -> None:
    seen = {}
    with db.engine.connect() as connection:
        for who in ("aoki", "zaizen", "aoki"):
            with acting_as(cast.actor(who)):
                seen[who] = set(connection.execute(select(Person.__table__.c.id)).scalars())
            connection.rollback()
        assert count(connection, "person") == 0
        told = connection.execute(text("SELECT current_setting('portal.claim', true)"))
        assert not told.scalar_one()
    assert seen["aoki"]
    assert seen["zaizen"]
    assert not seen["aoki"] & seen["zaizen"]


def test_who_acts_may_change_within_a_transaction_and_after_a_savepoint(walled: Flask) -> None:
    aoki, zaizen = cast.actor("aoki"), cast.actor("zaizen")

    def persons(actor: Actor) -> set[int]:
        with acting_as(actor):
            return set(connection.execute(select(Person.__table__.c.id)).scalars())

    with db.engine.begin() as connection:
        first = persons(aoki)
        inner = connection.begin_nested()
        second = persons(zaizen)
        inner.rollback()
        assert persons(zaizen) == second != first
        assert persons(aoki) == first


def test_the_claim_is_no_statement_of_the_page(walled: Flask) -> None:
    sent: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        sent.append(statement)

    actor = cast.actor("aoki")
    db.session.remove()
    event.listen(db.engine, "before_cursor_execute", note)
    try:
        with acting_as(actor):
            db.session.scalar(select(func.count(Person.id)))
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    assert len(sent) == 1


def test_a_named_exemption_reads_as_the_system(walled: Flask) -> None:
    foreign = cast.foreign_episode()
    wanted = select(Person.id).where(Person.id == foreign.person)
    with acting_as(cast.actor("aoki")):
        assert db.session.scalar(wanted) is None
        named = wanted.execution_options(**{EXEMPT: "test"})
        assert db.session.scalar(named) == foreign.person


@pytest.mark.parametrize("model", [HistoryEntry, ReadEntry])
@pytest.mark.parametrize("verb", ["UPDATE {} SET user_name = 'x'", "DELETE FROM {}"])
def test_what_happened_is_neither_changed_nor_removed(
    app: Flask, model: type[Any], verb: str
) -> None:
    statement = text(verb.format(model.__tablename__))
    with app.app_context(), acting_as(system_actor("test")):
        if model is ReadEntry:
            record_look(system_actor("test"), door="case", case_id=1)
        with db.engine.connect() as connection:
            before = count(connection, model.__tablename__)
            assert before > 0
            with pytest.raises(DatabaseError, match=r"written once|permission denied"):
                connection.execute(statement)
            connection.rollback()
            assert count(connection, model.__tablename__) == before


@pytest.mark.parametrize(
    "verb", ["UPDATE history_entry SET user_name = 'x'", "DELETE FROM history_entry"]
)
def test_the_owner_of_the_tables_rewrites_no_history_either(walled: Flask, verb: str) -> None:
    with walls.owner_engine().connect() as connection:
        with pytest.raises(ProgrammingError, match="written once"):
            connection.execute(text(verb))
        connection.rollback()


def test_the_switch_is_the_systems_alone_and_opens_values_only(app: Flask) -> None:
    blank = text("UPDATE history_entry SET reason = 'x' WHERE id = 1")
    rename = text("UPDATE history_entry SET user_name = 'x' WHERE id = 1")
    drop = text("DELETE FROM history_entry WHERE id = 1")
    with app.app_context():
        aoki, system = cast.actor("aoki"), system_actor("test")
        for who, statement in ((aoki, blank), (system, rename), (system, drop)):
            with acting_as(who), rewriting(), db.engine.connect() as connection:
                with pytest.raises(DatabaseError, match=r"written once|permission denied"):
                    connection.execute(statement)
                connection.rollback()
        with acting_as(system), rewriting(), db.engine.begin() as connection:
            assert connection.execute(blank).rowcount == 1


def test_what_is_encrypted_can_be_renewed_where_rows_are_written_once(app: Flask) -> None:
    for model, rewritable in rows.append_only_models().items():
        assert {c.name for c in encrypted_columns(model.__table__)} <= set(rewritable)


def test_raising_the_walls_again_changes_nothing(walled: Flask) -> None:
    with db.engine.connect() as connection:
        before = walls.status(connection)
    for _turn in range(2):
        with walls.owner_engine().begin() as connection:
            walls.raise_walls(connection)
    with db.engine.connect() as connection:
        assert walls.status(connection) == before
    answer = walled.test_cli_runner().invoke(args=["db", "walls", "--status"])
    assert "role portal_app is held" in answer.output
    assert "without a wall" not in answer.output
