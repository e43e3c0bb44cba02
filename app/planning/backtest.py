"""Would it have held? The projection made anew for each past day, compared with what came. Pure.

A projection from a day uses what was known on that day alone; what came is read from the whole
series, corrections and all.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from math import ceil, floor

from app.planning.projection import Assumption, Present, week_ahead
from app.statistics.derived import WEEK

HORIZONS = (7, 14, 28)
CHECKED_FROM = date(2020, 11, 1)
"""The first day that was kept from the calibration of :mod:`app.planning.widths`."""
NEEDED = 2 * WEEK


@dataclass(frozen=True, slots=True)
class Course:
    """Cumulative counts from ``first`` on, one per day; notes on how the source was mended."""

    name: str
    first: date
    totals: Sequence[int]
    missing_days: int = 0
    corrections: int = 0


@dataclass(slots=True)
class Score:
    """How the projections of one horizon fared."""

    horizon: int
    tried: int = 0
    held_80: int = 0
    held_95: int = 0
    off: float = 0.0
    off_naive: float = 0.0

    def add(self, other: "Score") -> None:
        """Count another's projections in."""
        for name in ("tried", "held_80", "held_95", "off", "off_naive"):
            setattr(self, name, getattr(self, name) + getattr(other, name))

    def percent_held(self, level: int) -> float | None:
        """How often the interval of ``level`` (80 or 95) held what came; None untried."""
        held = self.held_80 if level == 80 else self.held_95
        return 100 * held / self.tried if self.tried else None

    @property
    def mean_off(self) -> float | None:
        """Mean absolute error of the week's number."""
        return self.off / self.tried if self.tried else None

    @property
    def mean_off_naive(self) -> float | None:
        """The same of "as last week"."""
        return self.off_naive / self.tried if self.tried else None


@dataclass(slots=True)
class Outcome:
    """Scores by horizon, and what had to be mended."""

    scores: Mapping[int, Score] = field(
        default_factory=lambda: {horizon: Score(horizon) for horizon in HORIZONS}
    )
    missing_days: int = 0
    corrections: int = 0
    courses: int = 0


def mended(name: str, totals: Mapping[date, int | None], last: date | None = None) -> Course | None:
    """A whole series from totals by day: a day without one is like the day before.

    A total below the one before is a correction: it is counted, and lowers the days before it
    as far as needed (:func:`known_on`), never a day below none. None: no total at all.
    """
    days = sorted(day for day, total in totals.items() if total is not None)
    if not days:
        return None
    first, end = days[0], last or days[-1]
    course: list[int] = []
    missing = corrections = 0
    for offset in range((end - first).days + 1):
        total = totals.get(first + timedelta(days=offset))
        missing += total is None
        if total is not None and course and total < course[-1]:
            corrections += 1
        course.append(course[-1] if total is None else total)
    return Course(name, first, course, missing, corrections)


def known_on(totals: Sequence[int], place: int) -> Present | None:
    """The two weeks before a day as they were known then: a later correction is not."""
    if place < NEEDED:
        return None
    lowest, levels = totals[place], []
    for back in range(NEEDED + 1):
        lowest = min(lowest, totals[place - back])
        levels.append(lowest)
    return Present(date.min, levels[0] - levels[WEEK], levels[WEEK] - levels[NEEDED])


def settled(totals: Sequence[int]) -> list[int]:
    """The series with every correction carried back to the days before it."""
    found = list(totals)
    for place in range(len(found) - 2, -1, -1):
        found[place] = min(found[place], found[place + 1])
    return found


def run_backtest(
    courses: Iterable[Course],
    *,
    since: date | None = None,
    until: date | None = None,
    assume: Assumption | None = None,
    keep: Callable[[Present], bool] | None = None,
) -> Outcome:
    """Every day's projection of every series, with what came no later than ``until``.

    ``since`` is the first day a projection starts from; days before the first case are left
    out; ``keep`` chooses starting points.
    """
    outcome = Outcome()
    for course in courses:
        outcome.courses += 1
        outcome.missing_days += course.missing_days
        outcome.corrections += course.corrections
        truth = settled(course.totals)
        begin = max(0, (since - course.first).days) if since else 0
        end = len(truth) if until is None else min(len(truth), (until - course.first).days + 1)
        for place in range(begin, end):
            present = known_on(course.totals, place)
            if present is None or course.totals[place] < 1 or (keep and not keep(present)):
                continue
            _score(outcome, present, truth[:end], place, assume or Assumption("fading"))
    return outcome


def _score(
    outcome: Outcome, present: Present, truth: Sequence[int], place: int, assume: Assumption
) -> None:
    reach = [horizon for horizon in HORIZONS if place + horizon < len(truth)]
    if not reach:
        return
    for horizon in reach:
        came = truth[place + horizon] - truth[place + horizon - WEEK]
        band, score = week_ahead(present, assume, horizon), outcome.scores[horizon]
        score.tried += 1
        # People are whole: the interval reaches to the whole numbers about it.
        score.held_80 += floor(band.low_80) <= came <= ceil(band.high_80)
        score.held_95 += floor(band.low_95) <= came <= ceil(band.high_95)
        score.off += abs(band.middle - came)
        score.off_naive += abs(present.week - came)
