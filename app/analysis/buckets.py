"""From a stored value to the line of a table it belongs to, in what order, and in which words. Pure."""

import re
from collections.abc import Iterable
from datetime import date, timedelta

from app.analysis.dimensions import BAND_YEARS, OLDEST, Dimension
from app.core.labels import Label, current_language

Bucket = str | None
"""The stored code or key as text, a month, week or day, an age; None: not entered."""
NOT_ENTERED = Label("未入力", "Not entered")
ABSENT = "none"
"""What stands for "not entered" in an address."""
_WEEK = re.compile(r"(\d{4})-W(\d\d)")


def bucket(dimension: Dimension, value: object) -> Bucket:
    """The line of a value."""
    if value is None:
        return None
    if isinstance(value, date):
        return bucket_of_day(dimension.kind, value)
    if dimension.kind == "band" and isinstance(value, int):
        return str(min(value, OLDEST) // BAND_YEARS * BAND_YEARS)
    return str(value)


def bucket_of_day(kind: str, day: date) -> str:
    """``2021-08``, ``2021-W31`` (ISO: weeks begin on Monday, the first holds 4 January), or the day."""
    if kind == "month":
        return f"{day:%Y-%m}"
    if kind == "week":
        year, week, _weekday = day.isocalendar()
        return f"{year}-W{week:02}"
    return day.isoformat()


def days_of(kind: str, found: str) -> tuple[date, date]:
    """The first and last day of a month, week or day."""
    week = _WEEK.fullmatch(found)
    if week:
        monday = date.fromisocalendar(int(week[1]), int(week[2]), 1)
        return monday, monday + timedelta(days=6)
    if kind == "month":
        first = date.fromisoformat(f"{found}-01")
        return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return (date.fromisoformat(found),) * 2


def span(kind: str, first: date, last: date) -> list[str]:
    """Every bucket from one day to another, so that an empty one is there too."""
    buckets: dict[str, None] = {}
    day = first
    while day <= last:
        buckets[bucket_of_day(kind, day)] = None
        day = days_of(kind, bucket_of_day(kind, day))[1] + timedelta(days=1)
    return list(buckets)


def bands(found: Iterable[Bucket]) -> list[str]:
    """Every age band up to the oldest found."""
    oldest = max((int(one) for one in found if one is not None), default=0)
    return [str(years) for years in range(0, oldest + 1, BAND_YEARS)]


def worded(dimension: Dimension, found: Bucket) -> str:
    """The line's heading; places and diseases are worded where their names are read."""
    if found is None:
        return str(NOT_ENTERED)
    if dimension.kind == "code" and dimension.item.codes is not None:
        return dimension.item.codes.label(found)
    if dimension.kind == "band":
        return _band(int(found))
    return _week(found) if dimension.kind == "week" else found.replace("-", "/")


def _band(young: int) -> str:
    japanese = current_language() == "ja"
    if young >= OLDEST:
        return f"{OLDEST}歳以上" if japanese else f"{OLDEST} or over"
    return f"{young}–{young + BAND_YEARS - 1}{'歳' if japanese else ''}"


def _week(found: str) -> str:
    monday, _sunday = days_of("week", found)
    year, week = found.split("-W")
    begins = f"{monday.month}/{monday.day}"
    if current_language() == "ja":
        return f"{year}年第{int(week)}週（{begins}～）"
    return f"{found} (from {begins})"
