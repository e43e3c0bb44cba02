"""Reads of the roll-up. Never a case: the time they take grows with days and places only."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select

from app.core.db import db
from app.institutions.diseases import Disease
from app.institutions.rules import InstitutionKind
from app.statistics.areas import (
    Area,
    Level,
    PlaceName,
    institution_names,
    prefecture_names,
    unassigned,
)
from app.statistics.measures import BASIS, ENDINGS, STOCKS, undated, unlinked
from app.statistics.models import NOWHERE, DailyCount
from app.statistics.rules import (
    CENTRE_DAY,
    CENTRE_MONTH,
    PREFECTURE_DAY,
    PREFECTURE_MONTH,
)

FAMILY = "covid_19"
"""The disease whose figures are shown unless another is asked for."""
LONGEST_DAYS = 3660
"""No period is longer than ten years."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a roll-up is asked for. Days are inclusive."""

    basis: str
    first: date
    last: date
    area: Area = field(default_factory=Area)
    family: str = FAMILY


_SUMMED = (
    "new",
    "unlinked",
    "undated",
    "undated_total",
    "cumulative",
    "discharged",
    "died",
    "discharged_total",
    "died_total",
)


@dataclass(slots=True)
class Figures:
    """Every figure of a place over a period, or of a day."""

    new: int = 0
    unlinked: int = 0
    undated: int = 0
    undated_total: int = 0
    """Up to the last day: who is missing from ``cumulative``."""
    cumulative: int = 0
    discharged: int = 0
    died: int = 0
    discharged_total: int = 0
    died_total: int = 0
    stocks: dict[str, int] = field(default_factory=lambda: dict.fromkeys(STOCKS, 0))
    population: int | None = None

    @property
    def unlinked_share(self) -> float | None:
        """In percent; None without new cases."""
        return 100 * self.unlinked / self.new if self.new else None

    @property
    def per_100k(self) -> float | None:
        """None where the population is not known."""
        return 100_000 * self.new / self.population if self.population else None

    @property
    def has_no_places(self) -> bool:
        """People are ill and none has a place of care: more likely not entered than nobody."""
        ended = self.discharged_total + self.died_total
        return not any(self.stocks.values()) and self.cumulative + self.undated_total > ended

    def add_period(self, basis: str, measure: str, n: int) -> None:
        """Count ``n`` of a measure within the period."""
        names = {
            BASIS[basis].measure: "new",
            unlinked(basis): "unlinked",
            undated(basis): "undated",
            "discharged": "discharged",
            "died": "died",
        }
        if measure in names:
            setattr(self, names[measure], getattr(self, names[measure]) + n)

    def add_until(self, basis: str, measure: str, n: int) -> None:
        """Count ``n`` of a measure up to the last day."""
        if measure in STOCKS:
            self.stocks[measure] += n
        elif measure == BASIS[basis].measure:
            self.cumulative += n
        elif measure == undated(basis):
            self.undated_total += n
        elif measure == "discharged":
            self.discharged_total += n
        elif measure == "died":
            self.died_total += n

    def add(self, other: "Figures") -> None:
        """Count another place in (for totals)."""
        for name in _SUMMED:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for stock in STOCKS:
            self.stocks[stock] += other.stocks[stock]


@dataclass(frozen=True, slots=True)
class RollupRow:
    """A line of a roll-up: a place or a day."""

    key: str | int | date
    name: str
    code: str
    figures: Figures


def rollup(level: Level, asked: Asked) -> tuple[RollupRow, ...]:
    """The area broken down by ``level``; places and days without cases are there with zeros."""
    if level == "day":
        return _by_day(asked)
    column = _COLUMNS[level]
    found: dict[Any, Figures] = defaultdict(Figures)
    fine = level in _KINDS or asked.area.is_below_prefecture
    for where in _until(asked, fine):
        for key, measure, n in _sums(where, column):
            found[key].add_until(asked.basis, measure, n)
    for key, measure, n in _sums(_period(asked, fine, _flows(asked.basis)), column):
        found[key].add_period(asked.basis, measure, n)
    return tuple(_placed(name, found) for name in places_of(level, asked, set(found)))


def total_of(rows: Iterable[RollupRow], *, population: int | None = None) -> Figures:
    """The sum over places. A sum over days would count the stocks of every day."""
    total = Figures(population=population)
    for row in rows:
        total.add(row.figures)
    return total


def new_by_day(asked: Asked, *, before: int = 0) -> list[int]:
    """New cases of every day of the period, and of ``before`` days before it."""
    measures = (BASIS[asked.basis].measure,)
    wider = replace(asked, first=asked.first - timedelta(days=before))
    where = _period(wider, wider.area.is_below_prefecture, measures)
    found = {day: n for day, _measure, n in _sums(where, DailyCount.counted_on)}
    return [found.get(day, 0) for day in days_of(wider)]


def days_of(asked: Asked) -> list[date]:
    """The days of the period."""
    count = (asked.last - asked.first).days + 1
    return [asked.first + timedelta(days=offset) for offset in range(count)]


def first_and_last_day(basis: str, area: Area, family: str = FAMILY) -> tuple[date, date] | None:
    """The first and last day with a new case; None when there is none."""
    measure = BASIS[basis].measure
    grain = CENTRE_DAY if area.is_below_prefecture else PREFECTURE_DAY
    where = _at(family, grain, area, (measure,))
    statement = select(func.min(DailyCount.counted_on), func.max(DailyCount.counted_on))
    first, last = db.session.execute(statement.where(where, DailyCount.n > 0)).one()
    return None if first is None else (first, last)


def _by_day(asked: Asked) -> tuple[RollupRow, ...]:
    """Flows of each day; stocks and totals run on from the day before the first."""
    fine = asked.area.is_below_prefecture
    running = Figures()
    eve = asked.first - timedelta(days=1)
    before = Asked(asked.basis, asked.first, eve, asked.area, asked.family)
    for where in _until(before, fine):
        for _key, measure, n in _sums(where, None):
            running.add_until(asked.basis, measure, n)
    changes: dict[date, list[tuple[str, int]]] = defaultdict(list)
    changing = (*_flows(asked.basis), *STOCKS)
    for day, measure, n in _sums(_period(asked, fine, changing), DailyCount.counted_on):
        changes[day].append((measure, n))
    rows = []
    for day in days_of(asked):
        today = Figures()
        for measure, n in changes[day]:
            running.add_until(asked.basis, measure, n)
            today.add_period(asked.basis, measure, n)
        today.cumulative, today.undated_total = running.cumulative, running.undated_total
        today.discharged_total, today.died_total = running.discharged_total, running.died_total
        today.stocks = dict(running.stocks)
        rows.append(RollupRow(day, day.isoformat(), "", today))
    return tuple(rows)


_COLUMNS: Mapping[str, Any] = {
    "prefecture": DailyCount.prefecture_code,
    "authority": DailyCount.authority_id,
    "centre": DailyCount.centre_id,
}
_KINDS = {"authority": InstitutionKind.AUTHORITY, "centre": InstitutionKind.HEALTH_CENTRE}


def _sums(where: ColumnElement[bool], column: Any) -> Sequence[Any]:
    """(key, measure, n); without a column the key is None."""
    keys = [] if column is None else [column]
    statement: Select[Any] = select(*keys, DailyCount.measure, func.sum(DailyCount.n)).where(where)
    rows = db.session.execute(statement.group_by(*keys, DailyCount.measure)).all()
    return [(None, *row) for row in rows] if column is None else rows


def _until(asked: Asked, fine: bool) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Everything up to the last day: the whole months, and the days of its own month.

    Two conditions for two statements: in one, no database would keep to the key.
    """
    measures = (BASIS[asked.basis].measure, undated(asked.basis), *STOCKS, *ENDINGS)
    day, month = (CENTRE_DAY, CENTRE_MONTH) if fine else (PREFECTURE_DAY, PREFECTURE_MONTH)
    begins, on = asked.last.replace(day=1), DailyCount.counted_on
    return (
        and_(_at(asked.family, month, asked.area, measures), on < begins),
        and_(_at(asked.family, day, asked.area, measures), on >= begins, on <= asked.last),
    )


def _flows(basis: str) -> tuple[str, ...]:
    return (BASIS[basis].measure, unlinked(basis), undated(basis), *ENDINGS)


def _period(asked: Asked, fine: bool, measures: Sequence[str]) -> ColumnElement[bool]:
    grain = CENTRE_DAY if fine else PREFECTURE_DAY
    on = DailyCount.counted_on
    return and_(_at(asked.family, grain, asked.area, measures), on >= asked.first, on <= asked.last)


def _at(family: str, grain: str, area: Area, measures: Sequence[str]) -> ColumnElement[bool]:
    conditions = [
        DailyCount.disease_id.in_(select(Disease.id).where(Disease.family == family)),
        DailyCount.grain == grain,
        DailyCount.prefecture_code.in_(area.prefecture_codes),
        DailyCount.measure.in_(measures),
    ]
    if area.authority_id is not None:
        conditions.append(DailyCount.authority_id == area.authority_id)
    if area.centre_id is not None:
        conditions.append(DailyCount.centre_id == area.centre_id)
    return and_(*conditions)


def places_of(level: Level, asked: Asked, found: Iterable[Any]) -> list[PlaceName]:
    """The places of a break-down: those of the area, and those ``found`` with figures there."""
    if level == "prefecture":
        return prefecture_names(asked.area.prefecture_codes)
    keys = set(found)
    names = institution_names(_KINDS[level], asked.area, keys - {NOWHERE})
    return [*names, unassigned()] if NOWHERE in keys else names


def _placed(place: PlaceName, found: Mapping[Any, Figures]) -> RollupRow:
    figures = found.get(place.key) or Figures()
    figures.population = place.population
    return RollupRow(place.key, place.name, place.code, figures)
