"""People watched, for a place as a whole: sums, never a row.

The tables stand under the laws of their packages, which show people to those who work with
them. Whose figures exist for whom is the rule of the statistics: every function takes
the actor and counts, as the system, inside the actor's own area only.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, or_, select

from app.contacts.models import Contact
from app.core import clock
from app.core.db import UtcDateTime, db
from app.followup.plan_rules import turn_at
from app.followup.plans import ObservationPlan
from app.institutions.models import Institution
from app.security.actor import Actor, acting_as, system_actor
from app.statistics.areas import Area, own_area, within

_COUNTING = system_actor("places of care")


def contacts_observed(area: Area, *, by: Actor) -> int:
    """Contacts under observation now.

    Raises:
        NotVisible: an area outside the actor's own.
    """
    return followed(area, by=by)[0]


def non_reporters(area: Area, *, by: Actor) -> int:
    """Observed cases and contacts whose latest report is overdue now.

    Raises:
        NotVisible: an area outside the actor's own.
    """
    return followed(area, by=by)[1]


def followed(area: Area, *, by: Actor) -> tuple[int, int]:
    """(:func:`contacts_observed`, :func:`non_reporters`) in one statement."""
    inside = within(own_area(by), area)
    numbers = (_observed(inside).scalar_subquery(), _overdue(inside).scalar_subquery())
    with acting_as(_COUNTING):
        observed, overdue = db.session.execute(select(*numbers)).one()
    return int(observed or 0), int(overdue or 0)


def _observed(inside: Area) -> Select[Any]:
    conditions: list[ColumnElement[bool]] = [
        Contact.status == "under_observation",
        or_(Contact.observe_until_on.is_(None), Contact.observe_until_on >= clock.today()),
    ]
    if inside.prefecture_code is not None:
        conditions.append(Contact.prefecture_code == inside.prefecture_code)
    if inside.authority_id is not None:
        conditions.append(Contact.authority_id == inside.authority_id)
    if inside.centre_id is not None:
        conditions.append(Contact.responsible_centre_id == inside.centre_id)
    return select(func.count(Contact.id)).where(*conditions)


def _overdue(inside: Area) -> Select[Any]:
    plan, now = ObservationPlan, clock.now()
    heard = func.coalesce(plan.latest_reading_at, plan.begun_at)
    return (
        select(func.count(plan.id))
        .join(Institution, Institution.id == plan.centre_id)
        .where(
            plan.status == "active",
            plan.ends_on >= clock.today(),
            heard < _due_from(now),
            institutions_of(inside),
        )
    )


def _due_from(now: datetime) -> ColumnElement[Any]:
    twice, once = (literal(turn_at(now, times).due_from, UtcDateTime()) for times in (2, 1))
    return case((ObservationPlan.times_per_day > 1, twice), else_=once)


def institutions_of(area: Area) -> ColumnElement[bool]:
    """Institutions of the area; a health centre stands for itself alone."""
    conditions: list[ColumnElement[bool]] = [Institution.id.is_not(None)]
    if area.prefecture_code is not None:
        conditions.append(Institution.prefecture_code == area.prefecture_code)
    if area.authority_id is not None:
        conditions.append(Institution.authority_id == area.authority_id)
    if area.centre_id is not None:
        conditions.append(Institution.id == area.centre_id)
    return and_(*conditions)
