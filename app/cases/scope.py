"""Which cases exist for an actor, and all that hangs on a case. The condition is written once.

| roles | rows |
| --- | --- |
| health centre, clinic, hospital, hotel, contractor | cases with a current ``case_access`` |
| authority headquarters | cases whose responsible health centre is the authority's |
| prefecture headquarters | cases of the prefecture |
| information centre, laboratory | where granted: cases of the authority or prefecture it serves |
| national institute | where granted: all |
| data-protection officer | cases the own health centre, authority or prefecture answers for |
| the household behind a patient's link | its own cases, while the link is open |
| ministry, ID administrator | none |

Of what hangs on a case a clinic has the tests it entered, a laboratory besides the tests sent to
it (without the case, which may be anybody's), and a hotel or follow-up contractor
the stays with it.

A tie of a single person (break-glass access, ``case_access.user_id``) counts for that person
alone, and ends by itself at its ``to_at``.
"""

from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, select, true
from sqlalchemy import case as sql_case

import app.cases.authorship  # noqa: F401  # the law of who changes a test
from app.audit.grounds import ground, person_behind_case
from app.audit.history import historied
from app.cases.codes import ACCESS_ROLE
from app.cases.models import ActivityRecord, Case, CaseAccess, LabTest, Stay, Treatment
from app.persons.models import Person
from app.persons.scope import IDENTITY_ROLES, answered_for_by, tie
from app.security.actor import Actor
from app.security.household import in_household
from app.security.roles import DATA_ROLES, Entry, RoleName
from app.security.rows import NOW, row_law
from app.security.temporary import OwnTie, paperwork_of_access, temporary_access, ties_oneself

# Core tables: inside a law a mapped class would stand under its own law again.
_CASE = Case.__table__
_ACCESS = CaseAccess.__table__
_ASSIGNED_ROLES = frozenset({RoleName.HOTEL, RoleName.FOLLOW_UP_CONTRACTOR})


@row_law(Case)
def visible_cases(actor: Actor) -> ColumnElement[bool]:
    """The table above."""
    if actor.role in IDENTITY_ROLES:
        return accessible_case(actor, Case.id)
    if actor.role is RoleName.HOUSEHOLD:
        return in_household("case", actor, Case.id)
    return _in_area(actor, Case)


def accessible_case(actor: Actor, case_id: Any) -> ColumnElement[bool]:
    """``case_id`` names a case that the actor's institution may meet at this instant."""
    if actor.institution_id is None:
        return false()
    # An alias, so that a statement that itself joins case_access does not swallow the table.
    access = _ACCESS.alias()
    return (
        select(access.c.id)
        .where(
            access.c.case_id == case_id,
            access.c.institution_id == actor.institution_id,
            *_in_force(actor, access.c),
        )
        .exists()
    )


def _in_force(actor: Actor, access: Any) -> tuple[ColumnElement[bool], ...]:
    """The tie holds at this instant, for everybody of the institution or for this person.

    ``access`` is the model or a table's columns.
    """
    own = access.user_id.is_(None)
    if actor.user_id is not None:
        own = or_(own, access.user_id == actor.user_id)
    return (access.from_at <= NOW, or_(access.to_at.is_(None), access.to_at > NOW), own)


def of_visible_case(actor: Actor, case_id: Any) -> ColumnElement[bool]:
    """``case_id`` names a case that exists for the actor: the law of everything below a case.

    Not for a household: what it meets besides its cases, each law says by itself.
    """
    if actor.role in IDENTITY_ROLES:
        return accessible_case(actor, case_id)
    if actor.role is RoleName.HOUSEHOLD:
        return false()
    case = _CASE.alias()
    return select(case.c.id).where(case.c.id == case_id, _in_area(actor, case.c)).exists()


@row_law(LabTest)
def visible_lab_tests(actor: Actor) -> ColumnElement[bool]:
    """Tests of visible cases; for a clinic those it entered, for a laboratory those sent to it."""
    visible = of_visible_case(actor, LabTest.case_id)
    if actor.role is RoleName.LABORATORY and actor.institution_id is not None:
        return or_(visible, LabTest.testing_laboratory_id == actor.institution_id)
    if actor.role is RoleName.CLINIC:
        return and_(visible, LabTest.entering_institution_id == actor.institution_id)
    return visible


@row_law(Stay)
def visible_stays(actor: Actor) -> ColumnElement[bool]:
    """Stays of visible cases; for a hotel or contractor those with it."""
    visible = of_visible_case(actor, Stay.case_id)
    if actor.role in _ASSIGNED_ROLES:
        return and_(visible, Stay.institution_id == actor.institution_id)
    return visible


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
    own = and_(CaseAccess.institution_id == actor.institution_id, *_in_force(actor, CaseAccess))
    return or_(own, of_visible_case(actor, CaseAccess.case_id))


@tie
def by_case(actor: Actor) -> ColumnElement[bool]:
    """The person of a case that the actor's institution (or household) meets."""
    case = _CASE.alias()
    if actor.role is RoleName.HOUSEHOLD:
        met = in_household("case", actor, case.c.id)
    elif actor.role in IDENTITY_ROLES:
        met = accessible_case(actor, case.c.id)
    else:
        met = _in_area(actor, case.c)
    return select(case.c.id).where(case.c.person_id == Person.id, met).exists()


@person_behind_case
def person_of_case(case_id: Any) -> ColumnElement[Any]:
    """The person of the case with this key."""
    case = _CASE.alias()
    return select(case.c.person_id).where(case.c.id == case_id).scalar_subquery()


@ground
def tie_of_institution(actor: Actor, case_id: Any, person_id: Any) -> ColumnElement[Any] | None:
    """The closest tie of the actor's institution to the case; without one, the person's own."""
    if case_id is None and person_id is None:
        return None
    access, case = _ACCESS.alias(), _CASE.alias()
    found = select(access.c.role).where(
        access.c.institution_id == actor.institution_id, *_in_force(actor, access.c)
    )
    if case_id is None:
        found = found.join(case, case.c.id == access.c.case_id).where(case.c.person_id == person_id)
    else:
        found = found.where(access.c.case_id == case_id)
    # Of several cases of one person the closest tie counts: the code list's order.
    order = {role: place for place, role in enumerate(ACCESS_ROLE.values)}
    return found.order_by(sql_case(order, value=access.c.role)).limit(1).scalar_subquery()


@temporary_access
def open_break_glass(actor: Actor) -> ColumnElement[bool]:
    """The actor holds a tie of their own at this instant, which is for reading only."""
    access = _ACCESS.alias()
    return (
        select(access.c.id)
        .where(access.c.user_id == actor.user_id, access.c.from_at <= NOW, access.c.to_at > NOW)
        .exists()
    )


def _in_area(actor: Actor, case: Any) -> ColumnElement[bool]:
    """The areas of the headquarters and institutes; ``case`` is the model or a table's columns."""
    checks_data = actor.role in DATA_ROLES
    if checks_data and Entry.CASE_DATA not in actor.entries:
        return false()
    if actor.role is RoleName.NATIONAL_INSTITUTE:
        return true()
    if actor.role is RoleName.DATA_PROTECTION:
        return answered_for_by(actor, case)
    of_authority = _same(case.authority_id, actor.authority_id)
    of_prefecture = _same(case.prefecture_code, actor.prefecture_code)
    if checks_data:
        # Who serves a whole prefecture has no authority of its own.
        return of_prefecture if actor.authority_id is None else of_authority
    areas = {
        RoleName.AUTHORITY_SUPERVISOR: of_authority,
        RoleName.PREFECTURE_SUPERVISOR: of_prefecture,
    }
    return areas.get(actor.role, false())


def _same(column: Any, value: object) -> ColumnElement[bool]:
    """The row carries the actor's key; an actor without one has no rows."""
    condition: ColumnElement[bool] = false() if value is None else column == value
    return condition


paperwork_of_access("case_access")
ties_oneself("case_access", OwnTie("case_id", "user_id", "institution_id", "to_at"))
historied(Case, as_="case", case="id", person="person_id")
historied(CaseAccess, as_="case_access", case="case_id", shown_with_case=True)
historied(LabTest, as_="lab_test", case="case_id", shown_with_case=True)
historied(Stay, as_="stay", case="case_id", shown_with_case=True)
historied(Treatment, as_="treatment", case="case_id", shown_with_case=True)
historied(ActivityRecord, as_="activity", case="case_id", shown_with_case=True)
