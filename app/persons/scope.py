"""Which persons exist for an actor: those tied to a record the actor meets, and for nobody else.

Higher packages say what ties a person to an actor (a case, a contact); roles that do not read
identity have no persons at all, whatever their ties.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, false, or_, select

from app.audit.history import historied
from app.institutions.models import Institution
from app.persons.models import Person, PersonPosting, PersonSearch
from app.persons.search_keys import keep_search_keys
from app.security.actor import Actor
from app.security.roles import HEALTH_CENTRE_ROLES, RoleName
from app.security.rows import internal, row_law

_INSTITUTION = Institution.__table__
Tie = Callable[[Actor], ColumnElement[bool]]
_ties: list[Tie] = []

IDENTITY_ROLES = HEALTH_CENTRE_ROLES | {
    RoleName.CLINIC,
    RoleName.HOSPITAL,
    RoleName.HOTEL,
    RoleName.FOLLOW_UP_CONTRACTOR,
}
"""Roles that care for people and therefore meet them by name."""

NAMING_ROLES = IDENTITY_ROLES | {RoleName.DATA_PROTECTION}
"""Roles for which persons exist at all: those above, and who answers for what is seen of them."""


def answered_for_by(actor: Actor, record: Any) -> ColumnElement[bool]:
    """The actor's health centre, authority or prefecture answers for the case or contact.

    ``record`` is the model or a table's columns. Which of the three the institution is, its own
    row says: each condition can only hold for its kind.
    """
    own = _INSTITUTION.alias()
    prefecture = (
        select(own.c.prefecture_code)
        .where(own.c.id == actor.institution_id, own.c.kind == "prefecture_hq")
        .scalar_subquery()
    )
    return or_(
        record.responsible_centre_id == actor.institution_id,
        record.authority_id == actor.institution_id,
        record.prefecture_code == prefecture,
    )


def tie(condition: Tie) -> Tie:
    """Register a reason for which a person exists for an actor; a condition on Person."""
    _ties.append(condition)
    return condition


@row_law(Person)
def visible_persons(actor: Actor) -> ColumnElement[bool]:
    """Persons tied to the actor's institution; none for roles that work without identity."""
    own_family = actor.role is RoleName.HOUSEHOLD
    at_work = actor.role in NAMING_ROLES and actor.institution_id is not None
    if not (own_family or at_work):
        return false()
    return or_(false(), *(condition(actor) for condition in _ties))


historied(Person, as_="person", person="id")
internal(PersonSearch, reason="search keys: read by lookups that check the item they stand for")
internal(PersonPosting, reason="the index of the search keys on SQLite")
keep_search_keys()
