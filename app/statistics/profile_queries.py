"""Reads of the profiles: who the new cases of a period are, and how long their papers took.

Never a case. The row law of the sums decides what an actor is given: somebody outside of the
area gets nothing, whatever is asked. Each function is one statement, however long the period
(a break-down by place: one more for the names); see :mod:`app.statistics.profile_reading`.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from app.cases.codes import AGE_GROUP, SEX, VACCINE_DOSES
from app.institutions.rules import INSTITUTION_KINDS
from app.statistics.areas import Level, PlaceName
from app.statistics.delays import Delays, delays_of
from app.statistics.models import ProfileCount
from app.statistics.profile_reading import by_day, keyed, next_month, values, values_by_period
from app.statistics.profiles import (
    STEP,
    STEPS,
    UNKNOWN,
    WORST,
    age_and_sex,
    age_sex,
    delay_of,
    doses,
    municipality,
    variants,
    worst_severity,
)
from app.statistics.queries import Asked, places_of

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
    for dimension, value, n in values(asked, tuple(found)):
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
    for day, value, n in keyed(asked, age_sex(asked.basis), ProfileCount.counted_on):
        table[day.replace(day=1)][age_and_sex(value)[0]] += n
    return {month: table[month] for month in _months(asked)}


def people_by_severity(asked: Asked) -> dict[str, int]:
    """New cases of the period by the worst of their whole course, worst first, unknown last."""
    return dict(people_of(asked).severity)


def people_by_municipality(*periods: Asked) -> list[dict[str, int]]:
    """For each period: code of the municipality of residence → new cases; ``unknown`` among them.

    Where people live, wherever their case is looked after: other prefectures may be among them.
    All periods are asked by the date of the first.
    """
    found: list[dict[str, int]] = [{} for _period in periods]
    for number, code, n in values_by_period(periods, municipality(periods[0].basis)):
        found[number][code] = n
    return found


def delays_of_steps(asked: Asked) -> dict[str, Delays]:
    """Every step of :data:`STEPS`, by its own date: reports of the period, or publications."""
    names = {step.dimension: step.key for step in STEPS}
    stored: dict[str, Counter[int]] = {step.key: Counter() for step in STEPS}
    for dimension, value, n in values(asked, tuple(names)):
        stored[names[dimension]][delay_of(value)[1]] += n
    return {key: delays_of(days) for key, days in stored.items()}


def delays_by_place(step: str, level: Level, asked: Asked) -> tuple[PlaceDelays, ...]:
    """One step of the area broken down by prefecture, authority or centre (no day).

    Places without a case are there with nothing.
    """
    stored: dict[Any, Counter[int]] = defaultdict(Counter)
    fine = level != "prefecture"
    column = _COLUMNS[level]
    for key, value, n in keyed(asked, STEP[step].dimension, column, fine=fine):
        stored[key][delay_of(value)[1]] += n
    return tuple(_placed(place, stored) for place in places_of(level, asked, set(stored)))


def delays_by_kind(step: str, asked: Asked) -> dict[str, Delays]:
    """Kind of the institution that reported → the step's delays, in the order of the code list;
    kinds without a case are left out, ``unknown`` (no institution is named) comes last."""
    stored: dict[str, Counter[int]] = defaultdict(Counter)
    for _dimension, value, n in values(asked, (STEP[step].dimension,)):
        kind, days = delay_of(value)
        stored[kind or UNKNOWN][days] += n
    order = (*INSTITUTION_KINDS.values, UNKNOWN)
    return {kind: delays_of(stored[kind]) for kind in order if kind in stored}


def delays_by_month(step: str, asked: Asked) -> dict[date, Delays]:
    """First day of the month → the step's delays, of every month the period touches."""
    stored: dict[date, Counter[int]] = defaultdict(Counter)
    for day, value, n in keyed(asked, STEP[step].dimension, ProfileCount.counted_on):
        stored[day.replace(day=1)][delay_of(value)[1]] += n
    # A month and the days taken off it may leave nothing.
    return {month: delays_of(+stored[month]) for month in _months(asked)}


def delays_by_week(step: str, asked: Asked) -> dict[date, Delays]:
    """Monday of the week → the step's delays, of every week the period touches."""
    stored: dict[date, Counter[int]] = defaultdict(Counter)
    for day, value, n in by_day(asked, STEP[step].dimension):
        stored[_monday(day)][delay_of(value)[1]] += n
    return {week: delays_of(stored[week]) for week in _weeks(asked)}


def variants_by_week(asked: Asked) -> dict[date, dict[str, int]]:
    """Monday of the week → variant → new cases, of every week the period touches."""
    table: dict[date, Counter[str]] = defaultdict(Counter)
    for day, value, n in by_day(asked, variants(asked.basis)):
        table[_monday(day)][value] += n
    return {week: dict(table[week]) for week in _weeks(asked)}


_COLUMNS: Mapping[str, Any] = {
    "prefecture": ProfileCount.prefecture_code,
    "authority": ProfileCount.authority_id,
    "centre": ProfileCount.centre_id,
}


def _placed(place: PlaceName, stored: Mapping[Any, Mapping[int, int]]) -> PlaceDelays:
    return PlaceDelays(place.key, place.name, place.code, delays_of(stored.get(place.key, {})))


def _months(asked: Asked) -> list[date]:
    months = [asked.first.replace(day=1)]
    while (after := next_month(months[-1])) <= asked.last:
        months.append(after)
    return months


def _weeks(asked: Asked) -> list[date]:
    week, weeks = _monday(asked.first), []
    while week <= asked.last:
        weeks.append(week)
        week += timedelta(days=7)
    return weeks


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
