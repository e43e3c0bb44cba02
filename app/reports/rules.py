"""Which days a report is about. Pure: days in, days out."""

from datetime import date, timedelta
from typing import Literal

from app.statistics.weekly_survey import counted_until, day_of_survey

Span = Literal["day", "week", "month", "period", "wednesday"]
Days = tuple[date, date]
LONGEST_DAYS = 366
"""Days a report of a free period may be about."""


def days_around(span: Span, on: date) -> Days:
    """The days of the report that ``on`` falls in; weeks run from Monday to Sunday.

    ``wednesday`` is the state at 0:00 of the Wednesday on or before ``on``, which is the end of
    the Tuesday before it: the week of seven days up to that Tuesday.
    """
    if span == "week":
        first = on - timedelta(days=on.weekday())
        return first, first + timedelta(days=6)
    if span == "month":
        first = on.replace(day=1)
        return first, (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    if span == "wednesday":
        last = counted_until(day_of_survey(on))
        return last - timedelta(days=6), last
    return on, on


def latest_whole(span: Span, today: date) -> Days:
    """The last days that are over: yesterday, last week, last month, the last Wednesday."""
    if span == "wednesday":
        return days_around(span, today)
    first, _last = days_around(span, today)
    return days_around(span, first - timedelta(days=1))


def words_of(span: Span, first: date, last: date) -> str:
    """The days as people say them: a week with its number of the year (ISO 8601)."""
    if span == "week":
        year, week, _day = first.isocalendar()
        return f"{year}年第{week}週（{first:%Y/%m/%d}～{last:%m/%d}）"
    if span == "month":
        return f"{first.year}年{first.month}月"
    if span == "wednesday":
        wednesday = last + timedelta(days=1)
        return f"{wednesday.year}年{wednesday.month}月{wednesday.day}日（水）0時現在"
    if first == last:
        return f"{first.year}年{first.month}月{first.day}日"
    return f"{first:%Y/%m/%d}～{last:%Y/%m/%d}"


def problem_of(span: Span, first: date, last: date) -> Literal["reversed", "long", ""]:
    """What is wrong with the days asked for; empty when nothing is."""
    if first > last:
        return "reversed"
    if span == "period" and (last - first).days >= LONGEST_DAYS:
        return "long"
    return ""
