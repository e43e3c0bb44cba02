"""How the profiles of a period are read: one statement over whole months and the days besides.

The days at the ends of a period are read as they are, or as their month less the days outside
the period, whichever are fewer: up to today that is the month alone. Each piece is a range of
the key; together they are one statement, so that the database adds up and not Python.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, func, literal, select, union_all
from sqlalchemy.orm import InstrumentedAttribute

from app.core.db import db
from app.institutions.diseases import Disease
from app.statistics.models import NOWHERE, DailyCount, ProfileCount
from app.statistics.queries import Asked
from app.statistics.rules import CENTRE_DAY, CENTRE_MONTH, PREFECTURE_DAY, PREFECTURE_MONTH


class Piece(NamedTuple):
    """Days from ``first`` to ``last``, added or (``sign`` -1) taken away; whole months are named
    by the first day of the first and of the last of them."""

    first: date
    last: date
    whole: bool
    sign: int = 1


def pieces_of(first: date, last: date) -> list[Piece]:
    """A period in whole months and days, in as few days as may be. Days are inclusive."""
    begins = first if first.day == 1 else next_month(first)
    ends = next_month(last) if is_last_of_month(last) else last.replace(day=1)
    if begins > ends:
        return _days_or_month(first, last)
    pieces = []
    if first < begins:
        pieces += _days_or_month(first, begins - timedelta(days=1))
    if begins < ends:
        pieces.append(Piece(begins, (ends - timedelta(days=1)).replace(day=1), whole=True))
    if ends <= last:
        pieces += _days_or_month(ends, last)
    return pieces


def _days_or_month(first: date, last: date) -> list[Piece]:
    """Days of one month, as they are or as the month less the others."""
    month, after = first.replace(day=1), next_month(first)
    outside = (first - month).days + (after - last).days - 1
    if (last - first).days < outside:
        return [Piece(first, last, whole=False)]
    pieces = [Piece(month, month, whole=True)]
    if month < first:
        pieces.append(Piece(month, first - timedelta(days=1), whole=False, sign=-1))
    if last + timedelta(days=1) < after:
        pieces.append(
            Piece(last + timedelta(days=1), after - timedelta(days=1), whole=False, sign=-1)
        )
    return pieces


def is_last_of_month(day: date) -> bool:
    """True on the 28th, 29th, 30th or 31st that ends its month."""
    return (day + timedelta(days=1)).day == 1


def next_month(day: date) -> date:
    """The first day of the month after."""
    return (day.replace(day=1) + timedelta(days=31)).replace(day=1)


def values(asked: Asked, dimensions: Sequence[str]) -> Iterator[Any]:
    """(dimension, value, n) of the period."""
    keys = (ProfileCount.dimension, ProfileCount.value)
    return _summed(keys, asked, dimensions, fine=False)


def keyed(asked: Asked, dimension: str, key: Any, *, fine: bool = False) -> Iterator[Any]:
    """(key, value, n) by a column of the sums; days of whole months come as their first day."""
    return _summed((key, ProfileCount.value), asked, (dimension,), fine=fine)


def by_day(asked: Asked, dimension: str) -> Iterator[Any]:
    """(day, value, n) of every day of the period."""
    below = asked.area.is_below_prefecture
    grain = CENTRE_DAY if below else PREFECTURE_DAY
    where = and_(_at(asked, (dimension,), below), _between(grain, asked.first, asked.last))
    keys = (ProfileCount.counted_on, ProfileCount.value)
    found = select(*keys, func.sum(ProfileCount.n)).where(where).group_by(*keys)
    return ((*row[:2], int(row[2])) for row in db.session.execute(found))


def values_by_period(periods: Sequence[Asked], dimension: str) -> Iterator[Any]:
    """(number of the period, value, n) of several periods, in one statement."""
    parts: list[Any] = []
    for number, asked in enumerate(periods):
        parts += _parts((literal(number), ProfileCount.value), asked, (dimension,), fine=False)
    return _added_up(parts)


def _summed(
    keys: tuple[Any, Any], asked: Asked, dimensions: Sequence[str], *, fine: bool
) -> Iterator[Any]:
    return _added_up(_parts(keys, asked, dimensions, fine=fine))


def _parts(
    keys: tuple[Any, Any], asked: Asked, dimensions: Sequence[str], *, fine: bool
) -> Iterator[Any]:
    """A range of the key for each piece of the period."""
    below = fine or asked.area.is_below_prefecture
    day, month = (CENTRE_DAY, CENTRE_MONTH) if below else (PREFECTURE_DAY, PREFECTURE_MONTH)
    at = _at(asked, dimensions, below)
    one, other = keys[0].label("one"), keys[1].label("other")
    grouped = [key for key in keys if isinstance(key, InstrumentedAttribute)]
    for first, last, whole, sign in pieces_of(asked.first, asked.last):
        where = and_(at, _between(month if whole else day, first, last))
        n = (func.sum(ProfileCount.n) * sign).label("n")
        yield select(one, other, n).where(where).group_by(*grouped)


def _added_up(parts: Iterable[Any]) -> Iterator[Any]:
    # A union of ranges: asked with "or" no database would keep to the key.
    pieces = union_all(*parts).subquery()
    total = func.sum(pieces.c.n)
    columns = (pieces.c.one, pieces.c.other)
    statement: Select[Any] = select(*columns, total).group_by(*columns).having(total != 0)
    for row in db.session.execute(statement):
        yield (*row[:2], int(row[2]))


def _between(grain: str, first: date, last: date) -> ColumnElement[bool]:
    on = ProfileCount.counted_on
    return and_(ProfileCount.grain == grain, on >= first, on <= last)


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
