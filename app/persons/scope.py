"""Which persons exist for an actor: those tied to a record the actor meets, and for nobody else.

Higher packages say what ties a person to an actor (a case, a contact); roles that do not read
identity have no persons at all, whatever their ties.
"""

from collections.abc import Callable

from sqlalchemy import ColumnElement, false, or_

from app.audit.history import historied
from app.persons.models import Person
from app.security.actor import Actor
from app.security.roles import HEALTH_CENTRE_ROLES, RoleName
from app.security.rows import row_law

Tie = Callable[[Actor], ColumnElement[bool]]
_ties: list[Tie] = []

IDENTITY_ROLES = HEALTH_CENTRE_ROLES | {
    RoleName.CLINIC,
    RoleName.HOSPITAL,
    RoleName.HOTEL,
    RoleName.FOLLOW_UP_CONTRACTOR,
}
"""Roles that care for people and therefore meet them by name."""


def tie(condition: Tie) -> Tie:
    """Register a reason for which a person exists for an actor; a condition on Person."""
    _ties.append(condition)
    return condition


@row_law(Person)
def visible_persons(actor: Actor) -> ColumnElement[bool]:
    """Persons tied to the actor's institution; none for roles that work without identity."""
    if actor.role not in IDENTITY_ROLES or actor.institution_id is None:
        return false()
    return or_(false(), *(condition(actor) for condition in _ties))


historied(Person, as_="person", person="id")
