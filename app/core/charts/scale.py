"""From numbers and days to places on the sheet, and where the labels go."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from app.core.charts.canvas import text_width

_STEPS = (1, 2, 5, 10)
_DAY_STEPS = (1, 2, 3, 5, 7, 14)
_MONTH_STEPS = (1, 2, 3, 6, 12)
_GAP = 4


@dataclass(frozen=True, slots=True)
class Scale:
    """A linear scale from ``low``–``high`` to ``start``–``end`` (user units)."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Where ``value`` lies."""
        share = (value - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)


@dataclass(frozen=True, slots=True)
class Days:
    """Consecutive days as columns from ``left`` to ``right``."""

    first: date
    last: date
    left: float
    right: float

    @property
    def count(self) -> int:
        """How many columns there are."""
        return (self.last - self.first).days + 1

    @property
    def step(self) -> float:
        """The width of a column."""
        return (self.right - self.left) / self.count

    def x(self, day: date, share: float = 0.5) -> float:
        """The place of a day; ``share`` is how far into its column (0–1)."""
        return self.left + ((day - self.first).days + share) * self.step

    def ticks(self, span: int = 1) -> Iterator[tuple[float, str]]:
        """(x, label) of as many labels as fit without touching; of columns of ``span`` days the
        first day is written under the middle."""
        both = (self.first, self.last)
        room = max(text_width(f"{day.month}/30") for day in both) + _GAP
        for every in _DAY_STEPS if span == 1 else (span, 2 * span, 4 * span):
            if every * self.step >= room:
                for offset in range(0, self.count, every):
                    day = self.first + timedelta(days=offset)
                    yield self.x(day, span / 2), f"{day.month}/{day.day}"
                return
        yield from self._month_ticks()

    def _month_ticks(self) -> Iterator[tuple[float, str]]:
        room = text_width("2020/12") + _GAP
        every = next((n for n in _MONTH_STEPS if n * 30 * self.step >= room), _MONTH_STEPS[-1])
        months = range(
            self.first.year * 12 + self.first.month - 1, self.last.year * 12 + self.last.month
        )
        edge = room / 2
        for month in months:
            begin = date(month // 12, month % 12 + 1, 1)
            inside = self.first <= begin and self.x(begin, 0) + edge / 2 <= self.right
            if month % every == 0 and inside:
                yield self.x(begin, 0), f"{begin.year}/{begin.month}"


def ticks(low: float, high: float, about: int = 5, *, whole: bool = False) -> list[float]:
    """Round values from at or below ``low`` to at or above ``high``, ``about`` steps.

    ``whole``: only whole numbers, for counts.
    """
    high = high if high > low else low + 1
    span = high - low
    magnitude = 10 ** math.floor(math.log10(span / about))
    step = next(n * magnitude for n in _STEPS if n * magnitude * about >= span * 0.999)
    if whole:
        step = max(1, round(step))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(n * step, 9) for n in range(first, max(last, first + 1) + 1)]


def number(value: float, decimals: int = 0) -> str:
    """``12,345.6``: rounded half up, as people expect it."""
    rounded = Decimal(str(value)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    return f"{rounded:,f}"


def decimals_of(values: Sequence[float]) -> int:
    """How many decimals the labels of an axis need (at most 2)."""
    return next((n for n in (0, 1) if all(math.isclose(round(v, n), v) for v in values)), 2)
