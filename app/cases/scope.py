"""Which cases exist for an actor, and all that hangs on a case. The condition is written once.

| roles | rows |
| --- | --- |
| health centre, clinic, hospital, hotel, contractor | cases with a current ``case_access`` |
| authority headquarters | cases whose responsible health centre is the authority's |
| prefecture headquarters, information centre, laboratory | cases of the prefecture |
| national institute | all |
| ministry, ID administrator | none |
"""

from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, select, true

from app.audit.history import historied
from app.cases.models import ActivityRecord, Case, CaseAccess, LabTest, Stay, Treatment
from app.persons.models import Person
from app.persons.scope import IDENTITY_ROLES, tie
from app.security.actor import Actor
from app.security.roles import RoleName
from app.security.rows import NOW, row_law

# Core tables: inside a law a mapped class would stand under its own law again.
_CASE = Case.__table__
_ACCESS = CaseAccess.__table__
_PREFECTURE_ROLES = frozenset(
    {RoleName.PREFECTURE_SUPERVISOR, RoleName.INFORMATION_CENTRE, RoleName.LABORATORY}
)


@row_law(Case)
def visible_cases(actor: Actor) -> ColumnElement[bool]:
    """The table above."""
    if actor.role in IDENTITY_ROLES:
        return accessible_case(actor, Case.id)
    return _in_area(actor, Case)


def accessible_case(actor: Actor, case_id: Any) -> ColumnElement[bool]:
    """``case_id`` names a case that the actor's institution may meet at this instant."""
    if actor.institution_id is None:
        return false()
    # An alias, so that a statement that itself joins case_access does not swallow the table.
    access = _ACCESS.alias()
    own = _opens_now(actor, access.c)
    return select(access.c.id).where(access.c.case_id == case_id, own).exists()


def _opens_now(actor: Actor, access: Any) -> ColumnElement[bool]:
    """The access is of the actor's institution and in force; the model or a table's columns."""
    return and_(
        access.institution_id == actor.institution_id,
        access.from_at <= NOW,
        or_(access.to_at.is_(None), access.to_at > NOW),
    )


def of_visible_case(actor: Actor, case_id: Any) -> ColumnElement[bool]:
    """``case_id`` names a case that exists for the actor: the law of everything below a case."""
    if actor.role in IDENTITY_ROLES:
        return accessible_case(actor, case_id)
    case = _CASE.alias()
    return select(case.c.id).where(case.c.id == case_id, _in_area(actor, case.c)).exists()


@row_law(LabTest)
def visible_lab_tests(actor: Actor) -> ColumnElement[bool]:
    """Tests of visible cases."""
    return of_visible_case(actor, LabTest.case_id)


@row_law(Stay)
def visible_stays(actor: Actor) -> ColumnElement[bool]:
    """Stays of visible cases."""
    return of_visible_case(actor, Stay.case_id)


@row_law(Treatment)
def visible_treatments(actor: Actor) -> ColumnElement[bool]:
    """Treatments of visible cases."""
    return of_visible_case(actor, Treatment.case_id)


@row_law(ActivityRecord)
def visible_activities(actor: Actor) -> ColumnElement[bool]:
    """Activities of visible cases."""
    return of_visible_case(actor, ActivityRecord.case_id)


@row_law(CaseAccess)
def visible_accesses(actor: Actor) -> ColumnElement[bool]:
    """Who else meets a case, for those who meet it.

    One's own access says so by itself: the other laws ask for it in every statement, and a
    database that keeps the rows apart need not look any further then.
    """
    if actor.role not in IDENTITY_ROLES or actor.institution_id is None:
        return of_visible_case(actor, CaseAccess.case_id)
    return or_(_opens_now(actor, CaseAccess), of_visible_case(actor, CaseAccess.case_id))


@tie
def by_case(actor: Actor) -> ColumnElement[bool]:
    """The person of a case that the actor's institution meets."""
    case = _CASE.alias()
    return (
        select(case.c.id)
        .where(case.c.person_id == Person.id, accessible_case(actor, case.c.id))
        .exists()
    )


def _in_area(actor: Actor, case: Any) -> ColumnElement[bool]:
    """The areas of the headquarters and institutes; ``case`` is the model or a table's columns."""
    if actor.role is RoleName.NATIONAL_INSTITUTE:
        return true()
    if actor.role is RoleName.AUTHORITY_SUPERVISOR and actor.authority_id is not None:
        return _same(case.authority_id, actor.authority_id)
    if actor.role in _PREFECTURE_ROLES and actor.prefecture_code is not None:
        return _same(case.prefecture_code, actor.prefecture_code)
    return false()


def _same(column: Any, value: object) -> ColumnElement[bool]:
    condition: ColumnElement[bool] = column == value
    return condition


historied(Case, as_="case", case="id", person="person_id")
historied(CaseAccess, as_="case_access", case="case_id")
historied(LabTest, as_="lab_test", case="case_id")
historied(Stay, as_="stay", case="case_id")
historied(Treatment, as_="treatment", case="case_id")
historied(ActivityRecord, as_="activity", case="case_id")
