"""The indicators, counted by the database: a dozen statements whatever the number of cases.

Only numbers leave these statements. They are asked in the name of the system, because a
checking role does not see the notifications themselves; which cases count is said by
:func:`app.quality.scope.measured_cases` all the same.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, select

from app.cases.counting import COUNTED_STATES
from app.cases.models import Case
from app.core.db import db
from app.institutions.models import Institution, Prefecture
from app.notifications.models import Notification
from app.quality.measures import COMPLETED, DELAYS, OF_PATIENTS, Indicators, Measured
from app.quality.models import QualityFinding
from app.quality.scope import measured_cases
from app.quality.sql_days import DaysBetween, JapanDay, WeekOf
from app.security.actor import Actor, acting_as, system_actor
from app.security.roles import HEALTH_CENTRE_ROLES, RoleName

LONGEST = 120
"""Longer delays are slips of the year, which the rules find; they are in no median."""
_PATIENT = Case.diagnosis_type == "confirmed"
_DAYS: Mapping[str, ColumnElement[int]] = {
    "onset_to_diagnosis": DaysBetween(Case.onset_on, Case.diagnosed_on),
    "diagnosis_to_report": DaysBetween(Case.diagnosed_on, Case.reported_on),
    "report_to_entry": DaysBetween(Case.reported_on, JapanDay(Case.created_at)),
    "entry_to_acceptance": DaysBetween(JapanDay(Case.created_at), JapanDay(Case.accepted_at)),
}


def indicators(actor: Actor, first: date, last: date) -> Indicators:
    """The indicators of the cases diagnosed from ``first`` to ``last`` in the actor's area."""
    place = place_of(actor)
    where = and_(measured_cases(actor), Case.diagnosed_on.between(first, last), _accepted())
    return measured(where, place, first, last)


def measured(where: ColumnElement[bool], place: Any, first: date, last: date) -> Indicators:
    """The indicators of the cases under a condition, by the column ``place`` of a case."""
    places: defaultdict[Any, Measured] = defaultdict(Measured)
    weeks: dict[date, Measured] = {week: Measured() for week in _weeks(first, last)}
    with acting_as(system_actor("data quality")):
        _count_items(where, place, places)
        _count_delays(where, place, places, weeks)
        _count_entries(where, place, places)
        _count_findings(where, place, places)
        named = _named(place, places)
    total = Measured()
    for one in places.values():
        total.add(one)
    return Indicators(first, last, named, weeks, total)


def place_of(actor: Actor) -> Any:
    """By what the reader compares: clinics, health centres, or prefectures."""
    if actor.role in HEALTH_CENTRE_ROLES:
        return Case.reporting_institution_id
    if actor.role is RoleName.NATIONAL_INSTITUTE:
        return Case.prefecture_code
    return Case.responsible_centre_id


def _accepted() -> ColumnElement[bool]:
    return Case.notification_state.is_(None) | Case.notification_state.in_(COUNTED_STATES)


def _weeks(first: date, last: date) -> Iterator[date]:
    monday = first - timedelta(days=first.weekday())
    while monday <= last:
        yield monday
        monday += timedelta(days=7)


def _count_items(
    where: ColumnElement[bool], place: Any, places: defaultdict[Any, Measured]
) -> None:
    filled = [
        func.sum(case((and_(_PATIENT, getattr(Case, name).is_not(None)), 1), else_=0))
        if name in OF_PATIENTS
        else func.count(getattr(Case, name))
        for name in COMPLETED
    ]
    patients = func.sum(case((_PATIENT, 1), else_=0))
    statement = select(place, func.count(), patients, *filled).where(where).group_by(place)
    for key, cases, patients_, *numbers in db.session.execute(statement):
        one = places[key]
        one.cases, one.patients = int(cases), int(patients_ or 0)
        one.filled = Counter(dict(zip(COMPLETED, map(int, numbers), strict=True)))


def _count_delays(
    where: ColumnElement[bool],
    place: Any,
    places: defaultdict[Any, Measured],
    weeks: Mapping[date, Measured],
) -> None:
    """How many cases took how many days, by place and week: medians follow from it."""
    week = WeekOf(Case.diagnosed_on).label("week")
    for monday, cases in db.session.execute(select(week, func.count()).where(where).group_by(week)):
        if monday in weeks:
            weeks[monday].cases = int(cases)
    for delay in DELAYS:
        days = _DAYS[delay.key].label("days")
        statement = (
            select(place, week, days, func.count())
            .where(where, days.between(0, LONGEST))
            .group_by(place, week, days)
        )
        for key, monday, number, cases in db.session.execute(statement):
            for one in (places[key], weeks.get(monday)):
                if one is not None:
                    one.delays.setdefault(delay.key, Counter())[number] += cases


def _count_entries(
    where: ColumnElement[bool], place: Any, places: defaultdict[Any, Measured]
) -> None:
    """Who typed the notification: the institution itself, or somebody for it."""
    other = and_(
        Notification.entering_institution_id.is_not(None),
        Notification.entering_institution_id != Notification.institution_id,
    )
    statement = (
        select(place, func.count(), func.sum(case((other, 1), else_=0)))
        .select_from(Notification)
        .join(Case, Case.id == Notification.case_id)
        .where(where, Notification.state == "accepted")
        .group_by(place)
    )
    for key, notified, on_behalf in db.session.execute(statement):
        places[key].notified, places[key].on_behalf = int(notified), int(on_behalf or 0)


def _count_findings(
    where: ColumnElement[bool], place: Any, places: defaultdict[Any, Measured]
) -> None:
    is_open = case((QualityFinding.state == "open", 1), else_=0)
    statement = (
        select(place, func.count(), func.sum(is_open))
        .select_from(QualityFinding)
        .join(Case, Case.id == QualityFinding.case_id)
        .where(where, QualityFinding.state != "checked")
        .group_by(place)
    )
    for key, findings, still_open in db.session.execute(statement):
        places[key].findings, places[key].open_findings = int(findings), int(still_open or 0)


def _named(place: Any, places: Mapping[Any, Measured]) -> dict[str, Measured]:
    """The same by name; places nobody is named for stand together at the end."""
    if place is Case.prefecture_code:
        found = db.session.execute(select(Prefecture.code, Prefecture.name))
    else:
        keys = [key for key in places if key is not None]
        found = db.session.execute(
            select(Institution.id, Institution.name).where(Institution.id.in_(keys))
        )
    names = {row[0]: row[1] for row in found}
    result: dict[str, Measured] = {}
    for key in sorted(places, key=lambda k: (k is None, names.get(k, ""), str(k))):
        result.setdefault(names.get(key, "－"), Measured()).add(places[key])
    return result
