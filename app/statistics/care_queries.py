"""Places of care and people watched, for a place as a whole: sums, never a row.

The tables stand under the laws of their packages, which show hospitals and people to those who
work with them. Whose figures exist for whom is the rule of the statistics: every function takes
the actor and counts, as the system, inside the actor's own area only.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, literal, or_, select

from app.contacts.models import Contact
from app.coordination.models import BedReport, HotelRoom
from app.core import clock
from app.core.db import UtcDateTime, db
from app.followup.plan_rules import turn_at
from app.followup.plans import ObservationPlan
from app.institutions.models import Institution
from app.security.actor import Actor, acting_as, system_actor
from app.statistics.areas import Area, Level, own_area, within
from app.statistics.care import Capacity
from app.statistics.queries import Asked, rollup
from app.statistics.weekly_survey import Surveyed, counted_until

FRESH_DAYS = 7
"""A declaration counts for its day and six more; an older one says nothing any more."""
_COUNTING = system_actor("places of care")
_SUMMED = ("total", "usable", "occupied", "severe_total", "severe_usable", "severe_occupied")


def capacity(area: Area, on: date, *, by: Actor) -> Capacity:
    """Beds and rooms of an area on a day.

    A health centre has none of its own: there the answer is empty.

    Raises:
        NotVisible: an area outside the actor's own.
    """
    return sum(capacity_by("prefecture", area, on, by=by).values(), Capacity())


def capacity_by(level: str, area: Area, on: date, *, by: Actor) -> dict[Any, Capacity]:
    """The same by ``prefecture`` (code) or ``authority`` (key; 0 without one): two statements."""
    place = _of_places(within(own_area(by), area))
    column = Institution.authority_id if level == "authority" else Institution.prefecture_code
    found: dict[Any, Capacity] = defaultdict(Capacity)
    with acting_as(_COUNTING):
        for key, *numbers in db.session.execute(_beds(column, place, on)):
            found[key or 0] += Capacity(*map(int, numbers))
        for key, rooms, usable in db.session.execute(_rooms(column, place)):
            found[key or 0] += Capacity(rooms=int(rooms), rooms_usable=int(usable))
    return dict(found)


def contacts_observed(area: Area, *, by: Actor) -> int:
    """Contacts under observation now.

    Raises:
        NotVisible: an area outside the actor's own.
    """
    inside = within(own_area(by), area)
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
    with acting_as(_COUNTING):
        return int(db.session.scalar(select(func.count(Contact.id)).where(*conditions)) or 0)


def non_reporters(area: Area, *, by: Actor) -> int:
    """Observed cases and contacts whose latest report is overdue now.

    Raises:
        NotVisible: an area outside the actor's own.
    """
    inside = within(own_area(by), area)
    plan, now = ObservationPlan, clock.now()
    heard = func.coalesce(plan.latest_reading_at, plan.begun_at)
    statement = (
        select(func.count(plan.id))
        .join(Institution, Institution.id == plan.centre_id)
        .where(
            plan.status == "active",
            plan.ends_on >= clock.today(),
            heard < _due_from(now),
            _of_places(inside),
        )
    )
    with acting_as(_COUNTING):
        return int(db.session.scalar(statement) or 0)


def _due_from(now: datetime) -> ColumnElement[Any]:
    twice, once = (literal(turn_at(now, times).due_from, UtcDateTime()) for times in (2, 1))
    return case((ObservationPlan.times_per_day > 1, twice), else_=once)


def _of_places(area: Area) -> ColumnElement[bool]:
    """Institutions of the area; a health centre stands for itself alone."""
    conditions: list[ColumnElement[bool]] = [Institution.id.is_not(None)]
    if area.prefecture_code is not None:
        conditions.append(Institution.prefecture_code == area.prefecture_code)
    if area.authority_id is not None:
        conditions.append(Institution.authority_id == area.authority_id)
    if area.centre_id is not None:
        conditions.append(Institution.id == area.centre_id)
    return and_(*conditions)


def _beds(column: Any, place: ColumnElement[bool], on: date) -> Any:
    fresh = and_(
        BedReport.declared_on <= on, BedReport.declared_on > on - timedelta(days=FRESH_DAYS)
    )
    latest = (
        select(BedReport.institution_id, func.max(BedReport.declared_on).label("day"))
        .where(fresh)
        .group_by(BedReport.institution_id)
        .subquery()
    )
    sums = [func.sum(getattr(BedReport, name)) for name in _SUMMED]
    return (
        select(column, func.count(BedReport.id), *sums)
        .join(
            latest,
            and_(
                latest.c.institution_id == BedReport.institution_id,
                latest.c.day == BedReport.declared_on,
            ),
        )
        .join(Institution, Institution.id == BedReport.institution_id)
        .where(place)
        .group_by(column)
    )


def _rooms(column: Any, place: ColumnElement[bool]) -> Any:
    usable = func.sum(case((HotelRoom.usable == "yes", 1), else_=0))
    return (
        select(column, func.count(HotelRoom.id), usable)
        .join(Institution, Institution.id == HotelRoom.institution_id)
        .where(place)
        .group_by(column)
    )


@dataclass(frozen=True, slots=True)
class SurveyLine:
    """A place of the weekly table."""

    key: Any
    name: str
    code: str
    surveyed: Surveyed


def survey(level: Level, area: Area, wednesday: date, *, by: Actor) -> tuple[SurveyLine, ...]:
    """療養状況等調査 of a Wednesday by ``prefecture`` or ``authority``, every place of the area.

    The tests of a week are of everybody, cases or not: whoever holds them puts them in.

    Raises:
        NotVisible: an area outside the actor's own.
    """
    inside, on = within(own_area(by), area), counted_until(wednesday)
    rows = rollup(level, Asked("reported", on, on, inside))
    places = capacity_by(level, inside, on, by=by)
    return tuple(
        SurveyLine(
            row.key, row.name, row.code, Surveyed(row.figures, places.get(row.key, Capacity()))
        )
        for row in rows
    )
