"""No statement shows a row that does not exist for the actor, however it is put together."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Integer, exists, func, insert, literal, select, text, true, union
from sqlalchemy import delete as delete_rows
from sqlalchemy import update as update_rows
from sqlalchemy.orm import Bundle, Mapped, aliased, joinedload, mapped_column, selectinload

from app.cases.models import Case, CaseAccess, LabTest
from app.contacts.models import Contact, ContactExposure
from app.core import clock
from app.core.db import db
from app.core.transaction import transaction
from app.institutions.diseases import Disease
from app.persons.models import Person
from app.security.actor import Actor, acting_as, system_actor
from app.security.roles import RoleName
from app.security.rows import visible
from tests.support import cast
from tests.support.cast import Episode
from tests.support.models import forget_model
from tests.support.world import forget

Read = Callable[[Episode], Any]

OTHER = aliased(Case)
_BARE = Case.__table__


def _subquery_alias(_: Episode) -> Any:
    return select(aliased(Case, select(Case).subquery()).id)


def _union_alias(_: Episode) -> Any:
    return select(aliased(Case, union(select(Case), select(Case)).subquery()).id)


def _cte(_: Episode) -> Any:
    found = select(Case.id).cte()
    return select(found.c.id)


def _union_in_from(foreign: Episode) -> Any:
    both = union(select(Case.id), select(Case.id).where(Case.id == foreign.case)).subquery()
    return select(both.c.id)


# Each gives case numbers; only our own may come back.
READS: dict[str, Read] = {
    "plain": lambda _: select(Case.id),
    "by key": lambda foreign: select(Case.id).where(Case.id == foreign.case),
    "alias": lambda _: select(OTHER.id),
    "alias joined on a condition": lambda _: select(OTHER.id).join(Case, OTHER.id != Case.id),
    "joined to an alias on a condition": lambda _: (
        select(OTHER.id).select_from(Case).join(OTHER, OTHER.id != Case.id)
    ),
    "outer joined alias": lambda _: (
        select(OTHER.id)
        .select_from(Case)
        .outerjoin(OTHER, OTHER.disease_id == Case.disease_id)
        .where(OTHER.id.is_not(None))
    ),
    "alias over a relationship": lambda _: (
        select(OTHER.id).select_from(LabTest).join(LabTest.case.of_type(OTHER))
    ),
    "outer join from master data": lambda _: (
        select(Case.id).select_from(Disease).outerjoin(Case).where(Case.id.is_not(None))
    ),
    "through the person": lambda _: select(Case.id).join(Person),
    "common table expression": _cte,
    "subquery": lambda _: select(select(Case).subquery().c.id),
    "alias of a subquery": _subquery_alias,
    "union": lambda foreign: union(select(Case.id), select(Case.id).where(Case.id == foreign.case)),
    "union in from": _union_in_from,
    "alias of a union": _union_alias,
    "bundle": lambda _: select(Bundle("b", Case.id).c.id),
    "populating again": lambda _: select(Case.id).execution_options(populate_existing=True),
    "in parts": lambda _: select(Case.id).execution_options(yield_per=1),
}

# Each asks whether the foreign case is there.
QUESTIONS: dict[str, Read] = {
    "count of a column": lambda f: select(func.count(Case.id)).where(Case.id == f.case),
    "count named only in where": lambda f: select(func.count(literal(1))).where(Case.id == f.case),
    "exists in where": lambda f: select(func.count(Disease.id)).where(
        exists().where(Case.disease_id == Disease.id, Case.id == f.case)
    ),
    "exists of a select": lambda f: select(func.count(Disease.id)).where(
        select(Case.id).where(Case.id == f.case).exists()
    ),
    "in a subquery": lambda f: select(func.count(Disease.id)).where(
        Disease.id.in_(select(Case.disease_id).where(Case.id == f.case))
    ),
    "scalar subquery": lambda f: select(
        select(func.count(Case.id)).where(Case.id == f.case).scalar_subquery()
    ).select_from(Disease),
    "implicit join": lambda f: select(func.count(Disease.id)).where(
        Case.disease_id == Disease.id, Case.id == f.case
    ),
}

REFUSED: dict[str, Read] = {
    "a bare table": lambda _: select(_BARE.c.id),
    "a bare column beside records": lambda _: select(Disease.id, _BARE.c.id).join(_BARE, true()),
    "a joined bare table": lambda _: select(Disease.id).join(
        _BARE, _BARE.c.disease_id == Disease.id
    ),
    "an alias of a bare table": lambda _: select(Disease.id).join(_BARE.alias(), true()),
    "a bare table in a subquery": lambda _: select(Case.id).join(
        select(_BARE.c.id.label("x")).subquery(), true()
    ),
    "text": lambda _: text("SELECT id FROM case_record"),
    "text in where": lambda _: select(Case.id).where(text("1=1 OR 1=1")),
    "text in order": lambda _: select(Case.id).order_by(text("remarks")),
    "records from text": lambda _: select(Case).from_statement(text("SELECT * FROM case_record")),
    "records from a bare table": lambda _: select(Case).from_statement(select(_BARE)),
    "exists alone": lambda f: select(exists().where(_BARE.c.id == f.case)),
    "bulk update": lambda _: update_rows(Case).values(sex="male"),
    "bulk update of master data": lambda _: update_rows(Disease).values(name="x"),
    "bulk delete": lambda _: delete_rows(LabTest),
    "bulk insert": lambda _: insert(Case).values(sex="male"),
    "insert from select": lambda _: insert(LabTest).from_select(["case_id"], select(Case.id)),
}


@pytest.mark.parametrize("read", READS.values(), ids=READS)
def test_a_read_gives_own_rows_only(app: Flask, read: Read) -> None:
    with app.app_context():
        own, foreign = cast.own_episode(), cast.foreign_episode()
        forget()
        with acting_as(cast.actor("aoki")):
            assert set(db.session.scalars(read(foreign))) <= {own.case}
        forget()
        with acting_as(cast.actor("doi")):
            assert set(db.session.scalars(read(foreign))) <= {own.case}


@pytest.mark.parametrize("ask", QUESTIONS.values(), ids=QUESTIONS)
def test_no_question_confirms_a_foreign_row(app: Flask, ask: Read) -> None:
    with app.app_context():
        foreign = cast.foreign_episode()
        with acting_as(cast.actor("aoki")):
            assert not db.session.scalar(ask(foreign))
        with acting_as(cast.actor("zaizen")):
            assert db.session.scalar(ask(foreign))


@pytest.mark.one_database
@pytest.mark.parametrize("ask", REFUSED.values(), ids=REFUSED)
def test_what_stands_outside_the_laws_is_refused(app: Flask, ask: Read) -> None:
    with app.app_context():
        foreign = cast.foreign_episode()
        with acting_as(cast.actor("aoki")), pytest.raises(RuntimeError, match=r"stand|system"):
            db.session.execute(ask(foreign))


@pytest.mark.one_database
def test_a_statement_seen_before_lets_no_bare_twin_through(app: Flask) -> None:
    twins = (
        (select(Case.id), select(_BARE.c.id)),
        (select(Case.id).where(Case.id == 1), select(_BARE.c.id).where(_BARE.c.id == 1)),
        (select(OTHER.id), select(_BARE.alias().c.id)),
        (select(Case.id).order_by(Case.id), select(Case.id).order_by(text("id"))),
    )
    with app.app_context(), acting_as(cast.actor("aoki")):
        for lawful, bare in twins * 2:
            db.session.execute(lawful)
            with pytest.raises(RuntimeError, match="stand"):
                db.session.execute(bare)


def test_the_query_api_obeys(app: Flask) -> None:
    with app.app_context():
        own, foreign = cast.own_episode(), cast.foreign_episode()
        forget()
        with acting_as(cast.actor("aoki")):
            assert [case.id for case in db.session.query(Case)] == [own.case]
            assert db.session.query(Case).filter(Case.id == foreign.case).first() is None
            assert db.session.get(Case, foreign.case) is None


@pytest.mark.parametrize("load", [joinedload, selectinload], ids=["joined", "select in"])
def test_eager_loading_stops_at_what_is_not_there(app: Flask, load: Callable[..., Any]) -> None:
    """A contact observed here whose source is a case elsewhere shows nothing of that case."""
    with app.app_context():
        exposure = _exposed_here_to_a_case_there()
        with acting_as(cast.actor("aoki")):
            there = load(ContactExposure.case)
            found = db.session.scalars(
                select(ContactExposure).where(ContactExposure.id == exposure).options(there)
            ).one()
            assert found.case_id is not None
            assert found.case is None
            contacts = select(Contact).options(
                load(Contact.exposures).options(there, load(ContactExposure.contact))
            )
            for contact in db.session.scalars(contacts).unique():
                for each in contact.exposures:
                    assert each.case is None or each.case.id == cast.own_episode().case


def test_lazy_loading_stops_at_what_is_not_there(app: Flask) -> None:
    with app.app_context():
        exposure = _exposed_here_to_a_case_there()
        with acting_as(cast.actor("aoki")):
            found = db.session.get(ContactExposure, exposure)
            assert found is not None
            assert found.case is None


def test_what_is_loaded_later_is_asked_under_the_law_of_who_asks_then(app: Flask) -> None:
    with app.app_context():
        exposure = _exposed_here_to_a_case_there()
        foreign = cast.foreign_episode()
        with acting_as(cast.actor("aoki")):
            statement = select(ContactExposure).where(ContactExposure.id == exposure)
            found = db.session.scalars(statement).one()
        with acting_as(system_actor("job")):
            assert found.case.id == foreign.case
        db.session.expire(found, ["case"])
        forget()
        with acting_as(system_actor("job")):
            found = db.session.scalars(statement).one()
        with acting_as(cast.actor("aoki")):
            assert found.case is None


def test_a_collection_is_loaded_under_the_law(app: Flask) -> None:
    with app.app_context():
        foreign = cast.foreign_episode()
        forget()
        with acting_as(system_actor("test")):
            case = db.session.get(Case, foreign.case)
        assert case is not None
        with acting_as(cast.actor("aoki")):
            assert case.lab_tests == []


def test_nobody_means_nothing_and_the_system_sees_all(app: Flask) -> None:
    with app.app_context():
        foreign = cast.foreign_episode()
        forget()
        for model in (Case, Person, Disease):
            assert db.session.scalars(select(model)).all() == []
        with acting_as(system_actor("job")):
            assert foreign.case in set(db.session.scalars(select(Case.id)))
            assert db.session.scalar(text("SELECT count(*) FROM case_record")) == 2


def test_access_ends_for_statements_that_were_run_before(app: Flask) -> None:
    with app.app_context():
        own = cast.own_episode()
        ends = clock.now() + timedelta(hours=1)
        with acting_as(system_actor("test")), transaction():
            for access in db.session.scalars(
                select(CaseAccess).where(CaseAccess.case_id == own.case)
            ):
                access.to_at = ends
        actor = cast.actor("aoki")
        for minutes, seen in ((-1, {own.case}), (1, set()), (-1, {own.case}), (60, set())):
            forget()
            with clock.frozen_at(ends + timedelta(minutes=minutes)), acting_as(actor):
                assert set(db.session.scalars(select(Case.id))) == seen


def test_a_model_without_a_law_has_no_rows() -> None:
    class Undeclared(db.Model):
        __tablename__ = "undeclared"
        id: Mapped[int] = mapped_column(Integer, primary_key=True)

    try:
        condition = visible(Undeclared, somebody())
        assert str(condition) == "false"
    finally:
        forget_model(Undeclared)


def somebody() -> Actor:
    """Somebody signed in, without a database."""
    return Actor(1, "somebody", RoleName.HEALTH_CENTRE_CLERK, 1, 1, "13")


def _exposed_here_to_a_case_there() -> int:
    """Our contact was also exposed to the case in Osaka; gives the key of that exposure."""
    own, foreign = cast.own_episode(), cast.foreign_episode()
    with acting_as(system_actor("test")), transaction() as session:
        exposure = ContactExposure(contact_id=own.contact, case_id=foreign.case)
        session.add(exposure)
    forget()
    return int(exposure.id)
