"""How long things took: a distribution of whole days, its median and its 80th percentile. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import ceil

from app.statistics.profiles import BACKWARDS, LONGER

BINS = (
    *((day, day) for day in range(8)),
    (8, 10),
    (11, 14),
    (15, 21),
    (22, 30),
    (31, 60),
    (LONGER, None),
)
"""Bars of a histogram: first and last day, both counted; the last bar is open."""


@dataclass(frozen=True, slots=True)
class Delays:
    """Whole days → cases. :data:`LONGER` stands for all longer ones; ``backwards`` are cases whose
    end lies before their beginning: mistakes, told and left out of every figure."""

    days: Mapping[int, int] = field(default_factory=dict)
    backwards: int = 0

    @property
    def n(self) -> int:
        """Cases with both days known and in order."""
        return sum(self.days.values())

    @property
    def median(self) -> int | None:
        """Days within which half of them were through; None without any."""
        return self.within(0.5)

    @property
    def p80(self) -> int | None:
        """Days within which four of five were through."""
        return self.within(0.8)

    def within(self, share: float) -> int | None:
        """The fewest days within which this share of the cases was through.

        :data:`LONGER` where even the longest days told apart are not enough.
        """
        needed, through = ceil(round(share * self.n, 9)), 0
        for day in sorted(self.days):
            through += self.days[day]
            if through >= needed > 0:
                return day
        return None

    def share_within(self, days: int) -> float | None:
        """Percent of the cases through within so many days; None without any."""
        through = sum(n for day, n in self.days.items() if day <= days)
        return 100 * through / self.n if self.n else None

    @property
    def histogram(self) -> tuple[tuple[int, int | None, int], ...]:
        """(first day, last day, cases) of every bar of :data:`BINS`, empty ones as well."""
        return tuple((first, last, self._between(first, last)) for first, last in BINS)

    def _between(self, first: int, last: int | None) -> int:
        return sum(
            n for day, n in self.days.items() if day >= first and (last is None or day <= last)
        )


def delays_of(stored: Mapping[int, int]) -> Delays:
    """The distribution from stored values of days; values that came to nothing are left out."""
    days = {day: n for day, n in stored.items() if n and day != BACKWARDS}
    return Delays(days, stored.get(BACKWARDS, 0))
