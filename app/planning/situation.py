"""Where an area stands: its counts by day, people in care, and what follows for the shares."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from app.coordination.bed_figures import beds_in, rooms_in
from app.core import clock
from app.planning.assumptions import ESTIMATED, PHASES, SETTING, STAY_OF
from app.planning.projection import Present, present_of
from app.planning.reproduction import last_complete_day
from app.planning.stocks import share_of
from app.statistics.areas import Area, Standing, standing_of
from app.statistics.asking import Question
from app.statistics.profile_queries import delays_of_steps
from app.statistics.queries import Asked, RollupRow, rollup

LOOK_BACK = 28
"""Days from which shares are worked out."""
DELAYS_OF = 90
"""Days whose reports tell how long cases take to be known."""
FEWEST_DELAYS = 50
SILENT, MANY = 3, 35
"""Three days of nothing after five cases a day are hardly an end of the epidemic."""
LONGEST_INCOMPLETE = 28
_STEP_OF = {"onset": "onset_report", "diagnosed": "report"}


@dataclass(frozen=True, slots=True)
class Situation:
    """What the sums say. ``rows`` are the days up to ``last``, at least 28 of them and one more."""

    question: Question
    place: Standing
    rows: Sequence[RollupRow]
    last: date

    @property
    def first(self) -> date:
        """The first day read."""
        return self.last - timedelta(days=len(self.rows) - 1)

    @property
    def counts(self) -> list[int]:
        """New cases by day."""
        return [row.figures.new for row in self.rows]

    @property
    def present(self) -> Present:
        """The last two weeks."""
        return present_of(self.counts, self.last)

    @property
    def is_empty(self) -> bool:
        """No case in the last two weeks: there is nothing to go on."""
        return not (self.present.week or self.present.before)

    @property
    def silent_days(self) -> int:
        """Last days without any case after a week that had many: have they been sent at all?"""
        counts = self.counts
        silent = next((n for n, one in enumerate(reversed(counts)) if one), len(counts))
        before = sum(counts[: len(counts) - silent][-7:])
        return silent if silent >= SILENT and before >= MANY else 0

    def people(self, stock: str) -> list[int]:
        """People in a kind of care by day."""
        return [row.figures.stocks[stock] for row in self.rows]

    def shares(self, stays: Mapping[str, float]) -> dict[str, float]:
        """Percent of new cases that explain the last 28 days, by key; those that can be told."""
        found = {}
        for key, stock in ESTIMATED.items():
            stay = stays.get(STAY_OF[key]) or SETTING[STAY_OF[key]].default or 1
            people = self.people(stock)[-LOOK_BACK - 1 :]
            share = share_of(self.counts[-LOOK_BACK:], people, stay)
            # Nobody was ever entered as being there: the share is not none, it is not known.
            if share is not None and any(people):
                found[key] = round(100 * share, 1)
        return found


def situation_of(question: Question) -> Situation:
    """Read in the statements of one roll-up by day, the place's name and the delays."""
    asked = question.asked
    today = clock.today()
    last = min(asked.last, last_complete_day(asked.basis, today, _measured(asked, today)))
    first = min(asked.first, last - timedelta(days=LOOK_BACK))
    rows = rollup("day", replace(asked, first=first, last=last))
    return Situation(question, standing_of(asked.area), rows, last)


def _measured(asked: Asked, today: date) -> int | None:
    """Within how many days nine of ten of the area's cases were reported lately; None where too
    few were, or where the date counted by is not one that reports lag behind."""
    step = _STEP_OF.get(asked.basis)
    if step is None:
        return None
    first = today - timedelta(days=DELAYS_OF - 1)
    delays = delays_of_steps(Asked("reported", first, today, asked.area, asked.family))[step]
    days = delays.within(0.9)
    return None if days is None or delays.n < FEWEST_DELAYS else min(days, LONGEST_INCOMPLETE)


def year_of_counts(question: Question, last: date, days: int) -> tuple[date, list[int]]:
    """The first day and the new cases of the ``days`` days that end on ``last``."""
    first = last - timedelta(days=days - 1)
    asked = question.asked
    rows = rollup("day", Asked(asked.basis, first, last, asked.area, asked.family))
    return first, [row.figures.new for row in rows]


def declared_places(area: Area) -> dict[str, float]:
    """Beds and rooms as hospitals and hotels declared them, by key of the settings.

    Phase 1 takes what can be used now, the last phase what is secured, by the declarations in
    force today. Places are secured by prefectures: for an area below there is nothing to say.
    """
    if area.is_below_prefecture:
        return {}
    beds = beds_in(area.spot, clock.today())
    rooms = rooms_in(area.spot).usable
    found = {"rooms": float(rooms)} if rooms else {}
    if beds.hospitals:
        found |= {
            f"beds_{PHASES[0]}": float(beds.usable),
            f"beds_{PHASES[-1]}": float(beds.total),
            f"severe_beds_{PHASES[0]}": float(beds.severe_usable),
            f"severe_beds_{PHASES[-1]}": float(beds.severe_total),
        }
    return found
