"""New cases of the coming days under a stated assumption, with widening intervals. Pure.

The number projected is the mean of 7 days: single days follow the week's rhythm of reporting and
nothing can be said of them. See docs/adr/0020.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import exp, hypot, log

from app.planning.reproduction import GENERATION_DAYS, Z_80, Z_95, growth_of, reproduction
from app.planning.widths import LONGEST, half_widths
from app.statistics.derived import WEEK

OFFSET = 5
"""Cases of a week added before logarithms are taken, so that none is a number like others."""
CAUTION = 40
"""Cases added to both weeks before their ratio is taken: few cases hardly show a trend."""
FADING = 0.8
"""By how much the growth of a day is weaker than that of the day before. With it and the caution
the method was closest on the calibration data; growth going on unbroken was far worse than none."""
_FEW = (1.0, 0.53, 1.89)
"""The simple reproduction number of 10 cases after 10, with its interval."""
MOST = 1e7
"""No path goes beyond: a typed number may not lead to one without end."""


@dataclass(frozen=True, slots=True)
class Present:
    """What is known on the last complete day: cases of the last 7 days and of the 7 before."""

    day: date
    week: int
    before: int

    @property
    def growth(self) -> float:
        """Per day, of the logarithm, drawn towards none where cases are few."""
        return log((max(self.week, 0) + CAUTION) / (max(self.before, 0) + CAUTION)) / WEEK


@dataclass(frozen=True, slots=True)
class Band:
    """A value with its 80 % and 95 % intervals."""

    middle: float
    low_80: float
    high_80: float
    low_95: float
    high_95: float

    def __iter__(self) -> Iterator[float]:
        return iter((self.middle, self.low_80, self.high_80, self.low_95, self.high_95))

    def times(self, factor: float) -> "Band":
        """The same in another measure."""
        return Band(*(factor * value for value in self))


@dataclass(frozen=True, slots=True)
class Assumption:
    """What new cases do. ``kind``: fading, continued, halved or own (then ``number`` is R).

    ``delay``: days until a changed reproduction number shows in the reported cases; until then
    the present one goes on.
    """

    kind: str
    number: float | None = None
    delay: int = 0


def present_of(counts: Sequence[int], last: date) -> Present:
    """From daily counts that end on ``last``; days that are missing before count as none."""
    return Present(last, sum(counts[-WEEK:]), sum(counts[-2 * WEEK : -WEEK]))


def projected(present: Present, assumption: Assumption, days: int) -> list[Band]:
    """The mean of 7 days for each of the next ``days`` days (1 to 28)."""
    horizons = range(1, min(days, LONGEST) + 1)
    return [week_ahead(present, assumption, horizon).times(1 / WEEK) for horizon in horizons]


def week_ahead(present: Present, assumption: Assumption, horizon: int) -> Band:
    """The cases of the 7 days that end ``horizon`` days ahead (1 to 28)."""
    wide_80, wide_95 = half_widths(present.week, horizon)
    if assumption.kind == "continued":
        own = _half_growth(present) * horizon
        wide_80, wide_95 = hypot(wide_80, own * Z_80 / Z_95), hypot(wide_95, own)
    return around(_middle(present, assumption, horizon), wide_80, wide_95)


def around(middle: float, wide_80: float, wide_95: float) -> Band:
    """The intervals about a week's number; never below none."""

    def moved(width: float) -> float:
        return min(max((middle + OFFSET) * exp(width) - OFFSET, 0.0), MOST)

    return Band(middle, moved(-wide_80), moved(wide_80), moved(-wide_95), moved(wide_95))


def days_from(present: Present, days: int) -> list[date]:
    """The days a projection is of."""
    return [present.day + timedelta(days=offset) for offset in range(1, days + 1)]


def _middle(present: Present, assumption: Assumption, horizon: int) -> float:
    """The week that ends ``horizon`` days ahead."""
    week = float(max(present.week, 0))
    if not week:
        return 0.0
    if assumption.kind == "fading":
        weight = FADING * (1 - FADING**horizon) / (1 - FADING)
        return min(week * exp(present.growth * weight), MOST)
    before = min(horizon, assumption.delay)
    exponent = _unbroken(present) * before
    number = _number(present, assumption)
    if number <= 0:
        # Nobody infects anybody: a generation time later there is no new case.
        reach = max(0.0, 1 - (horizon - before) / GENERATION_DAYS)
        return min(week * exp(exponent), MOST) * reach
    exponent += growth_of(number) * (horizon - before)
    return week * exp(min(exponent, log(MOST / week) if week < MOST else 0.0))


def _number(present: Present, assumption: Assumption) -> float:
    """The reproduction number that is assumed after the delay."""
    if assumption.kind == "own":
        return assumption.number or 0.0
    now = exp(_unbroken(present) * GENERATION_DAYS)
    return now / 2 if assumption.kind == "halved" else now


def _unbroken(present: Present) -> float:
    """The growth the simple reproduction number stands for; drawn to none where cases are few."""
    found = reproduction(present.week, present.before)
    return growth_of(found[0]) if found and found[0] > 0 else present.growth


def _half_growth(present: Present) -> float:
    """Half the width of the interval of growth; as if 10 and 10 cases where there are fewer."""
    value, low, high = reproduction(present.week, present.before) or _FEW
    if low <= 0 or value <= 0:
        # The lower end is none: the upper side speaks for both.
        return abs(growth_of(high))
    return max(growth_of(high) - growth_of(value), growth_of(value) - growth_of(low))
