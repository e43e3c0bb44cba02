"""What dashboards read: sums of an area by day and by place, never a case.

Each question is one statement whatever the number of cases; the statements name disease, grain,
prefectures and measures, as the key of the roll-up does.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, select

from app.core.db import db
from app.dashboards.rules import LONGEST_DELAY, OBSERVED_DAYS
from app.institutions.diseases import Disease
from app.publication.models import DailyCountChange
from app.statistics.areas import Area, Level
from app.statistics.measures import BASIS, ENDINGS, STOCKS, undated, unlinked
from app.statistics.models import DailyCount
from app.statistics.queries import FAMILY
from app.statistics.rules import CENTRE_DAY, CENTRE_MONTH, PREFECTURE_DAY, PREFECTURE_MONTH

BEFORE = 13
"""Days read before the period: the week of its first day, and the one before that."""
_PLACES: Mapping[Level, Any] = {
    "prefecture": DailyCount.prefecture_code,
    "authority": DailyCount.authority_id,
    "centre": DailyCount.centre_id,
}


@dataclass(slots=True)
class DaySums:
    """Every measure of an area by day from ``first`` on, and what was before (``base``)."""

    first: date
    last: date
    basis: str
    days: dict[str, dict[date, int]] = field(default_factory=lambda: defaultdict(dict))
    base: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    recorded: set[str] = field(default_factory=set)
    """Measures of which anything was ever counted up to the last day."""

    def new(self, first: date, last: date) -> list[int]:
        """New cases by day."""
        return self.flow(BASIS[self.basis].measure, first, last)

    def flow(self, measure: str, first: date, last: date) -> list[int]:
        """A measure by day; the days must lie within those read."""
        found = self.days[measure]
        count = (last - first).days + 1
        return [found.get(first + timedelta(days=offset), 0) for offset in range(count)]

    def until(self, measure: str, day: date) -> int:
        """The sum of everything up to a day: a stock, or a cumulative number."""
        return self.base[measure] + sum(n for on, n in self.days[measure].items() if on <= day)

    def stock(self, measure: str, first: date, last: date) -> list[int]:
        """A stock at the end of each day."""
        held = self.until(measure, first - timedelta(days=1))
        found = []
        for change in self.flow(measure, first, last):
            held += change
            found.append(held)
        return found

    @property
    def has_places(self) -> bool:
        """Somebody's place of care was recorded once."""
        return bool(self.recorded & set(STOCKS))

    @property
    def has_links(self) -> bool:
        """The question of the link was answered once."""
        return unlinked(self.basis) in self.recorded


@dataclass(slots=True)
class PlaceSums:
    """A place: new cases of the last week and the one before, and its stocks."""

    week: int = 0
    before: int = 0
    stocks: dict[str, int] = field(default_factory=lambda: dict.fromkeys(STOCKS, 0))


def day_sums(area: Area, basis: str, first: date, last: date) -> DaySums:
    """Three statements: whole months before, days of the first month, and the days read."""
    sums = DaySums(first - timedelta(days=BEFORE), last, basis)
    flows = (BASIS[basis].measure, unlinked(basis), undated(basis), *ENDINGS)
    measures = (*flows, *STOCKS)
    total, moved = func.sum(DailyCount.n), func.sum(func.abs(DailyCount.n))
    for where in _until(area, measures, sums.first - timedelta(days=1)):
        statement = select(DailyCount.measure, total, moved).where(where)
        for measure, n, any_of_it in db.session.execute(statement.group_by(DailyCount.measure)):
            sums.base[measure] += int(n)
            if any_of_it:
                sums.recorded.add(measure)
    columns = (DailyCount.measure, DailyCount.counted_on)
    within = and_(
        _at(area, _grain(area)[0], measures), DailyCount.counted_on.between(sums.first, last)
    )
    for measure, day, n, any_of_it in db.session.execute(
        select(*columns, total, moved).where(within).group_by(*columns)
    ):
        sums.days[measure][day] = int(n)
        if any_of_it:
            sums.recorded.add(measure)
    return sums


def new_by_day(area: Area, basis: str, first: date, last: date) -> list[int]:
    """New cases by day of another area or period."""
    where = and_(
        _at(area, _grain(area)[0], (BASIS[basis].measure,)),
        DailyCount.counted_on.between(first, last),
    )
    columns = (DailyCount.counted_on, func.sum(DailyCount.n))
    statement = select(*columns).where(where).group_by(DailyCount.counted_on)
    found: dict[date, int] = {day: int(n) for day, n in db.session.execute(statement)}
    count = (last - first).days + 1
    return [found.get(first + timedelta(days=offset), 0) for offset in range(count)]


def place_sums(area: Area, level: Level, basis: str, on: date) -> dict[Any, PlaceSums]:
    """Place → its sums on a day, in three statements."""
    found: dict[Any, PlaceSums] = defaultdict(PlaceSums)
    column = _PLACES[level]
    fine = _grain(area, level)
    total = func.sum(DailyCount.n)
    measure = BASIS[basis].measure
    newest = on - timedelta(days=6)
    recent = func.sum(case((DailyCount.counted_on >= newest, DailyCount.n), else_=0))
    two_weeks = and_(
        _at(area, fine[0], (measure,)),
        DailyCount.counted_on.between(newest - timedelta(days=7), on),
    )
    for key, week, both in db.session.execute(
        select(column, recent, total).where(two_weeks).group_by(column)
    ):
        found[key].week, found[key].before = int(week), int(both) - int(week)
    for where in _until(area, STOCKS, on, fine):
        columns = (column, DailyCount.measure)
        for key, stock, n in db.session.execute(
            select(*columns, total).where(where).group_by(*columns)
        ):
            found[key].stocks[stock] += int(n)
    return dict(found)


def delays(area: Area, basis: str, today: date) -> dict[int, int]:
    """Days between a case's day and the day the portal knew it → cases entered here.

    From the journal, over days old enough that nobody is missing any more. What was imported in
    bulk, moved or corrected says nothing about how fast cases come in.
    """
    last = today - timedelta(days=LONGEST_DELAY + 1)
    first = last - timedelta(days=OBSERVED_DAYS - 1)
    change = DailyCountChange
    conditions = [
        change.disease_id.in_(select(Disease.id).where(Disease.family == FAMILY)),
        change.grain == _grain(area)[0],
        change.prefecture_code.in_(area.prefecture_codes),
        change.measure == BASIS[basis].measure,
        change.counted_on.between(first, last),
        change.cause == "new",
        *_narrowed(change, area),
    ]
    columns = (change.counted_on, change.known_on)
    statement = select(*columns, func.sum(change.gained)).where(*conditions).group_by(*columns)
    found: dict[int, int] = defaultdict(int)
    for counted_on, known_on, n in db.session.execute(statement):
        found[min(max((known_on - counted_on).days, 0), LONGEST_DELAY + 1)] += int(n)
    return dict(found)


def _grain(area: Area, level: Level = "prefecture") -> tuple[str, str]:
    """The grains by day and by month that answer for the area."""
    if area.is_below_prefecture or level in ("authority", "centre"):
        return CENTRE_DAY, CENTRE_MONTH
    return PREFECTURE_DAY, PREFECTURE_MONTH


def _until(
    area: Area, measures: Sequence[str], last: date, grain: tuple[str, str] | None = None
) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Everything up to a day: the whole months, and the days of its own month."""
    day, month = grain or _grain(area)
    begins, on = last.replace(day=1), DailyCount.counted_on
    return (
        and_(_at(area, month, measures), on < begins),
        and_(_at(area, day, measures), on.between(begins, last)),
    )


def _at(area: Area, grain: str, measures: Sequence[str]) -> ColumnElement[bool]:
    return and_(
        DailyCount.disease_id.in_(select(Disease.id).where(Disease.family == FAMILY)),
        DailyCount.grain == grain,
        DailyCount.prefecture_code.in_(area.prefecture_codes),
        DailyCount.measure.in_(measures),
        *_narrowed(DailyCount, area),
    )


def _narrowed(model: Any, area: Area) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if area.authority_id is not None:
        conditions.append(model.authority_id == area.authority_id)
    if area.centre_id is not None:
        conditions.append(model.centre_id == area.centre_id)
    return conditions
