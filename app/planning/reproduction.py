"""The simple reproduction number with its interval, day by day. Pure.

The point estimate is the field's own, (Σ last 7 ÷ Σ previous 7)^(5/7). Its interval is that of the
same two sums: given their total, the later one is binomial, and the score interval (Wilson) of its
share p gives that of the ratio p ÷ (1 − p), raised to the same power. It can be checked with a pocket
calculator, holds for few cases and for none in the later week, and never contradicts the number
beside it, as a second method (Cori) would. See docs/adr/0020.

It knows the chance of counting only. Clusters and late reports make the truth wider.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import log, sqrt

from app.statistics.derived import WEEK, simple_r

GENERATION_DAYS = 5
"""The generation time the simple estimate assumes."""
FEWEST = 20
"""Cases of two weeks below which nothing is said: the interval would be wider than 0.4 to 2.4."""
Z_80, Z_95 = 1.2816, 1.9600
INCOMPLETE_DAYS = {"published": 1, "reported": 1, "diagnosed": 3, "onset": 10}
"""Last days that are still filling up, by the date counted by. Today is never over; diagnoses are
reported within days; from onset to report lie a week and more. Falling because of that would be
taken for an epidemic that ends."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number with its 95 % interval; ``value`` None: too few cases to say."""

    day: date
    value: float | None
    low: float | None = None
    high: float | None = None
    cases: int = 0
    """Of the two weeks."""


def last_complete_day(basis: str, today: date, incomplete: int | None = None) -> date:
    """The last day whose cases are all but known; ``incomplete`` replaces the declared days."""
    days = INCOMPLETE_DAYS[basis] if incomplete is None else incomplete
    return today - timedelta(days=max(days, 1))


def share_interval(part: int, whole: int, z: float = Z_95) -> tuple[float, float]:
    """The score interval of ``part ÷ whole`` (whole above 0)."""
    share = part / whole
    middle = (share + z * z / (2 * whole)) / (1 + z * z / whole)
    half = z * sqrt(share * (1 - share) / whole + z * z / (4 * whole * whole)) / (1 + z * z / whole)
    return max(0.0, middle - half), min(1.0, middle + half)


def reproduction(last: int, previous: int) -> tuple[float, float, float] | None:
    """(value, low, high) of two weeks' sums; None where there are too few cases to say."""
    value = simple_r(last, previous)
    if value is None or last < 0 or last + previous < FEWEST:
        return None
    low, high = share_interval(last, last + previous)
    lowest, highest = simple_r(low, 1 - low), simple_r(high, 1 - high)
    return None if lowest is None or highest is None else (value, lowest, highest)


def over_time(counts: Sequence[int], first: date, last: date) -> list[Estimate]:
    """An estimate for each day that has two whole weeks behind it, up to ``last``.

    ``counts`` begin on ``first``; a negative day (a correction) counts as it is.
    """
    found = []
    for end in range(2 * WEEK, len(counts) + 1):
        day = first + timedelta(days=end - 1)
        if day > last:
            break
        week, before = sum(counts[end - WEEK : end]), sum(counts[end - 2 * WEEK : end - WEEK])
        triple = reproduction(week, before)
        cases = max(week + before, 0)
        found.append(
            Estimate(day, None, cases=cases) if triple is None else Estimate(day, *triple, cases)
        )
    return found


def growth_of(value: float) -> float:
    """The daily growth (of the logarithm) that a reproduction number above 0 stands for."""
    return log(value) / GENERATION_DAYS
