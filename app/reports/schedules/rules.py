"""When a scheduled report is due, and which days it is about. Pure, on the Japanese clock."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from app.core.clock import TOKYO
from app.reports.rules import Days, Span, latest_whole

Every = Literal["day", "week", "month"]


@dataclass(frozen=True, slots=True)
class Rhythm:
    """``weekday`` 0 is Monday; ``day`` of a month that has no such day is its last one."""

    every: Every
    hour: int
    weekday: int = 0
    day: int = 1


@dataclass(frozen=True, slots=True)
class Choices:
    """What a report is asked with besides area and days; see ``app.reports.kind.Wanted``."""

    basis: str
    family: str
    layout_id: int | None = None
    plain: bool = False


def next_after(rhythm: Rhythm, moment: datetime) -> datetime:
    """The first time later than ``moment``."""
    on = moment.astimezone(TOKYO).date()
    found = _time_around(rhythm, on)
    return found if found > moment else _time_around(rhythm, _following(rhythm, on))


def last_until(rhythm: Rhythm, moment: datetime) -> datetime:
    """The latest time that is not later than ``moment``."""
    on = moment.astimezone(TOKYO).date()
    found = _time_around(rhythm, on)
    return found if found <= moment else _time_around(rhythm, _first(rhythm, on) - _A_DAY)


def due(rhythm: Rhythm, planned: datetime, now: datetime) -> tuple[datetime | None, datetime]:
    """(the time to make a report of, or None; when the next one is planned).

    However many times passed while nobody looked, the latest of them alone is made.
    """
    if now < planned:
        return None, planned
    return max(planned, last_until(rhythm, now)), next_after(rhythm, now)


def days_of(span: Span, rhythm: Rhythm, made_on: date) -> Days:
    """The days a report made on a day is about: the latest that are over.

    A report of a free period is about the days since the time before: yesterday, the seven days
    before, the month before.
    """
    if span != "period":
        return latest_whole(span, made_on)
    yesterday = made_on - _A_DAY
    if rhythm.every == "day":
        return yesterday, yesterday
    if rhythm.every == "week":
        return made_on - timedelta(days=7), yesterday
    return latest_whole("month", made_on)


_A_DAY = timedelta(days=1)


def _time_around(rhythm: Rhythm, on: date) -> datetime:
    """The time in the day, week or month of ``on``."""
    first = _first(rhythm, on)
    if rhythm.every == "week":
        first += timedelta(days=rhythm.weekday)
    elif rhythm.every == "month":
        last = _following(rhythm, on) - _A_DAY
        first = first.replace(day=min(rhythm.day, last.day))
    return datetime.combine(first, time(rhythm.hour), TOKYO)


def _first(rhythm: Rhythm, on: date) -> date:
    if rhythm.every == "week":
        return on - timedelta(days=on.weekday())
    return on.replace(day=1) if rhythm.every == "month" else on


def _following(rhythm: Rhythm, on: date) -> date:
    """The first day of the next day, week or month."""
    steps = {"day": 1, "week": 7, "month": 32}
    return _first(rhythm, _first(rhythm, on) + timedelta(days=steps[rhythm.every]))
