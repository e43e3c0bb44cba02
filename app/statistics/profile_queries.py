"""Reads of the profiles: who the new cases of a period are, and how long their papers took.

Never a case. The row law of the sums decides what an actor is given: somebody outside of the
area gets nothing, whatever is asked. A period is whole months and the days at its ends, so that
each function is at most three statements (a break-down by place: one more for the names).
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select

from app.cases.codes import AGE_GROUP, SEX, VACCINE_DOSES
from app.core.db import db
from app.institutions.diseases import Disease
from app.statistics.areas import Level, PlaceName
from app.statistics.delays import Delays, delays_of
from app.statistics.models import NOWHERE, DailyCount, ProfileCount
from app.statistics.profiles import (
    STEP,
    STEPS,
    WORST,
    age_and_sex,
    age_sex,
    doses,
    variants,
    worst_severity,
)
from app.statistics.queries import Asked, places_of
from app.statistics.rules import CENTRE_DAY, CENTRE_MONTH, PREFECTURE_DAY, PREFECTURE_MONTH

AGES: tuple[str, ...] = tuple(code.value for code in AGE_GROUP)
SEXES: tuple[str, ...] = tuple(code.value for code in SEX)
DOSES: tuple[str, ...] = tuple(code.value for code in VACCINE_DOSES)


@dataclass(frozen=True, slots=True)
class AgeSex:
    """People by (age group, sex), in words of the code lists; every pair without people is 0."""

    people: Mapping[tuple[str, str], int]

    def of(self, age: str, sex: str) -> int:
        """People of one age group and sex."""
        return self.people.get((age, sex), 0)

    @property
    def by_age(self) -> dict[str, int]:
        """Every age group in order, the unknown last."""
        return {age: sum(self.of(age, sex) for sex in SEXES) for age in AGES}

    @property
    def by_sex(self) -> dict[str, int]:
        """Every sex in the order of the code list."""
        return {sex: sum(self.of(age, sex) for age in AGES) for sex in SEXES}

    @property
    def total(self) -> int:
        """All of them: the new cases of the period."""
        return sum(self.people.values())


@dataclass(frozen=True, slots=True)
class PlaceDelays:
    """The delays of one place of a break-down."""

    key: str | int
    name: str
    code: str
    delays: Delays


@dataclass(frozen=True, slots=True)
class People:
    """Who the new cases are, in every dimension that a period is asked for as a whole."""

    age_sex: AgeSex
    severity: Mapping[str, int]
    doses: Mapping[str, int]
    """Words of ``VACCINE_DOSES``; whoever was not asked is in none."""


def people_of(asked: Asked) -> People:
    """Age and sex, worst severity and doses before onset, read together."""
    who, worst, had = (of(asked.basis) for of in (age_sex, worst_severity, doses))
    found: dict[str, Counter[str]] = {name: Counter() for name in (who, worst, had)}
    for dimension, value, n in _values(asked, tuple(found)):
        found[dimension][value] += n
    people = {age_and_sex(value): n for value, n in found[who].items() if n}
    return People(
        AgeSex(people),
        {word: found[worst][word] for word in WORST},
        {word: found[had][word] for word in DOSES},
    )


def people_by_age_and_sex(asked: Asked) -> AgeSex:
    """New cases of the period by ten-year age group and sex."""
    return people_of(asked).age_sex


def people_by_age_in_months(asked: Asked) -> dict[date, dict[str, int]]:
    """First day of the month → age group → new cases, of every month the period touches.

    Months at the ends hold the days of the period only.
    """
    table: dict[date, dict[str, int]] = defaultdict(lambda: dict.fromkeys(AGES, 0))
    for month, value, n in _keyed(asked, age_sex(asked.basis), ProfileCount.counted_on):
        table[month.replace(day=1)][age_and_sex(value)[0]] += n
    return {month: table[month] for month in _months(asked)}


def people_by_severity(asked: Asked) -> dict[str, int]:
    """New cases of the period by the worst of their whole course, worst first, unknown last."""
    return dict(people_of(asked).severity)


def delays_of_steps(asked: Asked) -> dict[str, Delays]:
    """Every step of :data:`STEPS`, by its own date: reports of the period, or publications."""
    names = {step.dimension: step.key for step in STEPS}
    stored: dict[str, Counter[int]] = {step.key: Counter() for step in STEPS}
    for dimension, value, n in _values(asked, tuple(names)):
        stored[names[dimension]][int(value)] += n
    return {key: delays_of(days) for key, days in stored.items()}


def delays_by_place(step: str, level: Level, asked: Asked) -> tuple[PlaceDelays, ...]:
    """One step of the area broken down by prefecture, authority or centre (no day).

    Places without a case are there with nothing.
    """
    stored: dict[Any, Counter[int]] = defaultdict(Counter)
    fine = level != "prefecture"
    column = _COLUMNS[level]
    for key, value, n in _keyed(asked, STEP[step].dimension, column, fine=fine):
        stored[key][int(value)] += n
    return tuple(_placed(place, stored) for place in places_of(level, asked, set(stored)))


def delays_by_month(step: str, asked: Asked) -> dict[date, Delays]:
    """First day of the month → the step's delays, of every month the period touches."""
    stored: dict[date, Counter[int]] = defaultdict(Counter)
    for day, value, n in _keyed(asked, STEP[step].dimension, ProfileCount.counted_on):
        stored[day.replace(day=1)][int(value)] += n
    return {month: delays_of(stored[month]) for month in _months(asked)}


def delays_by_week(step: str, asked: Asked) -> dict[date, Delays]:
    """Monday of the week → the step's delays, of every week the period touches."""
    stored: dict[date, Counter[int]] = defaultdict(Counter)
    for day, value, n in _daily(asked, STEP[step].dimension):
        stored[_monday(day)][int(value)] += n
    return {week: delays_of(stored[week]) for week in _weeks(asked)}


def variants_by_week(asked: Asked) -> dict[date, dict[str, int]]:
    """Monday of the week → variant → new cases, of every week the period touches."""
    table: dict[date, Counter[str]] = defaultdict(Counter)
    for day, value, n in _daily(asked, variants(asked.basis)):
        table[_monday(day)][value] += n
    return {week: dict(table[week]) for week in _weeks(asked)}


_COLUMNS: Mapping[str, Any] = {
    "prefecture": ProfileCount.prefecture_code,
    "authority": ProfileCount.authority_id,
    "centre": ProfileCount.centre_id,
}


def _placed(place: PlaceName, stored: Mapping[Any, Mapping[int, int]]) -> PlaceDelays:
    return PlaceDelays(place.key, place.name, place.code, delays_of(stored.get(place.key, {})))


def _values(asked: Asked, dimensions: Sequence[str]) -> Iterator[Any]:
    """(dimension, value, n) of the period; a pair may come in pieces."""
    keys = (ProfileCount.dimension, ProfileCount.value)
    return _summed(keys, asked, dimensions, fine=False)


def _keyed(asked: Asked, dimension: str, key: Any, *, fine: bool = False) -> Iterator[Any]:
    """(key, value, n) in pieces; days of whole months come as the first of the month."""
    return _summed((key, ProfileCount.value), asked, (dimension,), fine=fine)


def _summed(
    keys: tuple[Any, Any], asked: Asked, dimensions: Sequence[str], *, fine: bool
) -> Iterator[Any]:
    """A statement for each piece of the period: in one, no database would keep to the key."""
    below = fine or asked.area.is_below_prefecture
    day, month = (CENTRE_DAY, CENTRE_MONTH) if below else (PREFECTURE_DAY, PREFECTURE_MONTH)
    at = _at(asked, dimensions, below)
    for first, last, whole in pieces_of(asked.first, asked.last):
        where = and_(at, _between(month if whole else day, first, last))
        yield from _grouped(keys, where)


def _daily(asked: Asked, dimension: str) -> Iterator[Any]:
    """(day, value, n) of every day of the period."""
    below = asked.area.is_below_prefecture
    grain = CENTRE_DAY if below else PREFECTURE_DAY
    where = and_(_at(asked, (dimension,), below), _between(grain, asked.first, asked.last))
    return _grouped((ProfileCount.counted_on, ProfileCount.value), where)


def _grouped(keys: tuple[Any, Any], where: ColumnElement[bool]) -> Iterator[Any]:
    statement: Select[Any] = select(*keys, func.sum(ProfileCount.n)).where(where)
    for row in db.session.execute(statement.group_by(*keys)):
        yield (*row[:2], int(row[2]))


def _between(grain: str, first: date, last: date) -> ColumnElement[bool]:
    on = ProfileCount.counted_on
    return and_(ProfileCount.grain == grain, on >= first, on <= last)


def pieces_of(first: date, last: date) -> list[tuple[date, date, bool]]:
    """A period in at most three pieces: (first, last, True for whole months). Days are inclusive.

    Whole months are named by the first day of the first and of the last of them.
    """
    begins = first if first.day == 1 else _next_month(first)
    ends = _next_month(last) if (last + timedelta(days=1)).day == 1 else last.replace(day=1)
    if begins >= ends:
        return [(first, last, False)]
    pieces = [(begins, (ends - timedelta(days=1)).replace(day=1), True)]
    if first < begins:
        pieces.insert(0, (first, begins - timedelta(days=1), False))
    if ends <= last:
        pieces.append((ends, last, False))
    return pieces


def _at(asked: Asked, dimensions: Sequence[str], below: bool) -> ColumnElement[bool]:
    area = asked.area
    conditions: list[ColumnElement[bool]] = [
        ProfileCount.disease_id.in_(select(Disease.id).where(Disease.family == asked.family)),
        ProfileCount.prefecture_code.in_(area.prefecture_codes),
        ProfileCount.dimension.in_(dimensions),
    ]
    if not below:
        conditions.append(ProfileCount.centre_id == NOWHERE)
    if area.centre_id is not None:
        conditions.append(ProfileCount.centre_id == area.centre_id)
    elif below:
        # Named one by one, so that a period is read and not everything since the beginning.
        conditions.append(ProfileCount.centre_id.in_(_centres_of(asked)))
    if area.authority_id is not None:
        conditions.append(ProfileCount.authority_id == area.authority_id)
    return and_(*conditions)


def _centres_of(asked: Asked) -> Select[Any]:
    """The centres that cases of the area have: each counted case is new or undated."""
    statement = select(DailyCount.centre_id).where(
        DailyCount.disease_id.in_(select(Disease.id).where(Disease.family == asked.family)),
        DailyCount.grain == CENTRE_MONTH,
        DailyCount.prefecture_code.in_(asked.area.prefecture_codes),
        DailyCount.measure.in_(("new_reported", "undated_reported")),
    )
    if asked.area.authority_id is not None:
        statement = statement.where(DailyCount.authority_id == asked.area.authority_id)
    return statement.distinct()


def _months(asked: Asked) -> list[date]:
    months = [asked.first.replace(day=1)]
    while (after := _next_month(months[-1])) <= asked.last:
        months.append(after)
    return months


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=31)).replace(day=1)


def _weeks(asked: Asked) -> list[date]:
    week, weeks = _monday(asked.first), []
    while week <= asked.last:
        weeks.append(week)
        week += timedelta(days=7)
    return weeks


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
