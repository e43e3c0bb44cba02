"""Pure rules of the dashboards: which days are still incomplete, weeks, another year's days."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

COMPLETE_SHARE = 0.9
"""A day counts as complete once this share of its cases is usually in."""
LONGEST_DELAY = 28
"""Days a case may take; who comes later changes no mark."""
OBSERVED_DAYS = 28
"""How many days the delays are taken from: the newest that are ``LONGEST_DELAY`` days old."""
FEWEST = 30
"""With fewer cases to learn from, the assumption of the basis holds."""
ASSUMED: Mapping[str, int] = {"reported": 1, "published": 1, "diagnosed": 3, "onset": 10}
"""Basis → days, where nothing could be observed. Our own assumption, said under the picture."""

DAILY_UP_TO = 62
"""Beds over longer periods are shown by the week (the country by four weeks)."""


@dataclass(frozen=True, slots=True)
class Completeness:
    """Days younger than ``days`` are incomplete; ``observed`` cases taught it (0: assumed)."""

    days: int
    observed: int = 0

    def is_complete(self, day: date, today: date) -> bool:
        """True when most of the day's cases are known."""
        return (today - day).days >= self.days


def completeness(delays: Mapping[int, int], basis: str) -> Completeness:
    """From cases by delay (days between their day and the day the portal knew them).

    The first delay within which at least 90 % are in; today itself is never over, so at least
    one day is incomplete.
    """
    known = sum(n for n in delays.values() if n > 0)
    if known < FEWEST:
        return Completeness(ASSUMED[basis])
    found = 0
    for delay in sorted(delays):
        found += max(delays[delay], 0)
        # Whole numbers: a share of exactly nine tenths is enough.
        if found * 10 >= known * 9:
            return Completeness(min(max(delay, 1), LONGEST_DELAY), known)
    return Completeness(LONGEST_DELAY, known)


def monday_of(day: date) -> date:
    """The first day of a day's week (ISO: Monday)."""
    return day - timedelta(days=day.weekday())


def weeks_of(first: date, last: date) -> list[date]:
    """The Mondays of all weeks that a period touches."""
    begin = monday_of(first)
    return [begin + timedelta(days=7 * n) for n in range((last - begin).days // 7 + 1)]


def year_before(day: date) -> date:
    """The same day a year before; for 29 February the day before it."""
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)


def rolling(values: Sequence[int], days: int = 7) -> list[int]:
    """The sum of each day and the ``days - 1`` before it; the first ``days - 1`` are used up."""
    return [sum(values[end - days : end]) for end in range(days, len(values) + 1)]


def level_of(value: float | None, bounds: Sequence[float]) -> int | None:
    """How many of the ascending ``bounds`` a value has reached."""
    return None if value is None else sum(value >= bound for bound in bounds)


def step_of(days: int, *, is_country: bool) -> int:
    """Days from one point to the next: as many points as a picture can show, whatever the period."""
    if days <= DAILY_UP_TO:
        return 7 if is_country else 1
    return 28 if is_country else 7


def points_of(first: date, last: date, step: int) -> list[date]:
    """The days shown, the last of the period among them, earliest first."""
    count = (last - first).days // step + 1
    return [last - timedelta(days=step * n) for n in reversed(range(count))]
