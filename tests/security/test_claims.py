"""Who acts is told to PostgreSQL with a signature, and holds for one transaction."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask, current_app
from sqlalchemy import Connection, event, func, select, text
from sqlalchemy.exc import ProgrammingError

from app.core import clock
from app.core.db import db
from app.persons.models import Person
from app.security import claims
from app.security.actor import Actor, acting_as, system_actor
from app.security.claims import opening_to_oneself
from app.security.rows import EXEMPT
from tests.support import cast
from tests.support.walls import bare, count


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


_TIE = text(
    "INSERT INTO case_access"
    " (row_version, case_id, institution_id, user_id, role, from_at, to_at)"
    " VALUES (1, :case, :institution, :user, 'break_glass', :now, :until)"
)


@pytest.mark.parametrize("wrong", [None, "opened", "user", "institution", "until"])
def test_whoever_opens_a_record_ties_themselves_to_it_and_nobody_to_anything_else(
    walled: Flask, wrong: str | None
) -> None:
    aoki, foreign = cast.actor("aoki"), cast.foreign_episode()
    own, other, now = cast.own_episode(), cast.actor("zaizen"), clock.now()
    values: dict[str, Any] = {
        "case": foreign.case,
        "opened": foreign.case,
        "user": aoki.user_id,
        "institution": aoki.institution_id,
        "now": now,
        "until": now + timedelta(hours=1),
    }
    others = {"opened": own.case, "user": other.user_id, "institution": other.institution_id}
    if wrong is not None:
        values[wrong] = others.get(wrong)
    with opening_to_oneself(values.pop("opened")), bare(aoki) as connection:
        if wrong is None:
            assert connection.execute(_TIE, values).rowcount == 1
        else:
            with pytest.raises(ProgrammingError, match="outside the wall"):
                connection.execute(_TIE, values)
            connection.rollback()


def test_an_opening_changes_no_case_and_ends_with_its_block(walled: Flask) -> None:
    aoki, foreign = cast.actor("aoki"), cast.foreign_episode()
    touch = text("UPDATE case_record SET remarks = 'x' WHERE id = :case")
    with bare(aoki) as connection:
        with opening_to_oneself(foreign.case):
            assert connection.execute(touch, {"case": foreign.case}).rowcount == 0
            assert count(connection, "person") > 0
        values = {"case": foreign.case, "user": aoki.user_id, "now": clock.now()}
        values |= {"institution": aoki.institution_id, "until": clock.now()}
        with pytest.raises(ProgrammingError, match="outside the wall"):
            connection.execute(_TIE, values)
        connection.rollback()
