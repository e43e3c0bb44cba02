"""Which pairs and merges exist for an actor: those of the own health centre, for nobody else.

A pair is shown only while both persons exist for the reader as well; the queries join them, and
the law of persons does the rest. A person made one with another exists where that other does:
its page says what became of it.
"""

from sqlalchemy import ColumnElement, false, or_, select

from app.audit.history import historied
from app.cases.models import Case
from app.cases.scope import accessible_case
from app.contacts.models import Contact
from app.contacts.scope import of_visible_contact
from app.matching.models import CaseMerge, MatchPair, PersonMerge
from app.persons.models import Person
from app.persons.scope import tie
from app.security.actor import Actor
from app.security.roles import HEALTH_CENTRE_ROLES
from app.security.rows import row_law

_CASE, _CONTACT = Case.__table__, Contact.__table__


@row_law(MatchPair)
def visible_pairs(actor: Actor) -> ColumnElement[bool]:
    """The own health centre's."""
    return _own(actor, MatchPair.institution_id)


@row_law(PersonMerge)
def visible_merges(actor: Actor) -> ColumnElement[bool]:
    """The own health centre's."""
    return _own(actor, PersonMerge.institution_id)


@row_law(CaseMerge)
def visible_case_merges(actor: Actor) -> ColumnElement[bool]:
    """The own health centre's."""
    return _own(actor, CaseMerge.institution_id)


@tie
def by_survivor(actor: Actor) -> ColumnElement[bool]:
    """A person merged into one of a case or contact that exists for the actor."""
    if actor.role not in HEALTH_CENTRE_ROLES:
        return false()
    case, contact = _CASE.alias(), _CONTACT.alias()
    survivor = Person.merged_into_id
    of_case = select(case.c.id).where(
        case.c.person_id == survivor, accessible_case(actor, case.c.id)
    )
    of_contact = select(contact.c.id).where(
        contact.c.person_id == survivor, of_visible_contact(actor, contact.c.id)
    )
    return survivor.is_not(None) & or_(of_case.exists(), of_contact.exists())


def _own(actor: Actor, column: object) -> ColumnElement[bool]:
    if actor.role not in HEALTH_CENTRE_ROLES or actor.institution_id is None:
        return false()
    condition: ColumnElement[bool] = column == actor.institution_id  # type: ignore[assignment]
    return condition


historied(MatchPair, as_="match_pair")
# What it keeps of the persons stands in their own history.
historied(PersonMerge, as_="person_merge", unkept=("before", "moved", "left"))
historied(CaseMerge, as_="case_merge", unkept=("before", "moved", "left"))
