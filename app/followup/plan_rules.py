"""Pure rules of the plan: which days, which reports, and when each is due.

The day changes at midnight in Japan; a day observed twice has a morning, until noon, and an
evening. A report for "once a day" stands for noon and covers both.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from app.core.clock import TOKYO, in_japan
from app.followup.rules import WINDOW

NOON = time(12)
CASE_DAYS = 10
"""発症日から10日間: the days of a case at home or in a hotel; a disease may set its own."""
CONTACT_DAYS = 14
"""患者との最終接触日から14日目で終了 (添付3-3)."""
TIMES_PER_DAY = 2
"""朝・夕の確認 (添付3-3); 1日2回の検温 at home and in hotels."""
COUNTED_FROM = ("onset_on", "diagnosed_on", "reported_on")
AT_HOME = frozenset({"hotel", "home", "waiting", "social_facility"})
"""Statuses of cases that are asked every day."""
IN_HOSPITAL = frozenset({"hospitalised", "hospitalised_severe"})
ENDED = frozenset({"discharged", "died", "withdrawn"})


@dataclass(frozen=True, slots=True)
class Slot:
    """One report asked for: a day and its part (``morning``, ``evening``, ``once``)."""

    on: date
    part: str


@dataclass(frozen=True, slots=True)
class Period:
    """First and last day of an observation, both counted."""

    starts_on: date
    ends_on: date

    def holds(self, day: date) -> bool:
        """True for a day of the observation."""
        return self.starts_on <= day <= self.ends_on


@dataclass(frozen=True, slots=True)
class PlanRule:
    """What the disease says about observing its cases and contacts; see ``Disease``."""

    contact_days: int = CONTACT_DAYS
    case_days: int = CASE_DAYS
    case_from: str = COUNTED_FROM[0]
    times_per_day: int = TIMES_PER_DAY

    @classmethod
    def of(cls, disease: Any) -> "PlanRule":
        """That of a disease's row; what it leaves empty keeps the default."""
        given = {
            "contact_days": getattr(disease, "observation_days", None),
            "case_days": getattr(disease, "case_observation_days", None),
            "case_from": getattr(disease, "case_observed_from", None),
            "times_per_day": getattr(disease, "observations_per_day", None),
        }
        return replace(cls(), **{name: value for name, value in given.items() if value is not None})


def case_period(rule: PlanRule, days: Mapping[str, date | None], begins_on: date) -> Period:
    """The days of a case that comes under observation on ``begins_on``.

    ``days`` are its dates by name; of those the rule's own counts, else the next known one,
    else the first day itself. The day counted from is day 0.
    """
    order = COUNTED_FROM[COUNTED_FROM.index(rule.case_from) :]
    zero = next((day for name in order if (day := days.get(name)) is not None), begins_on)
    return Period(begins_on, max(begins_on, zero + timedelta(days=rule.case_days)))


def contact_period(
    rule: PlanRule, last_exposure_on: date | None, until: date | None, begins_on: date
) -> Period:
    """The days of a contact: from the last exposure, until ``until`` where that is set."""
    first = last_exposure_on or begins_on
    last = until if until is not None else first + timedelta(days=rule.contact_days)
    return Period(min(first, last), last)


def replanned(wanted: Period, done: Iterable[date]) -> Period:
    """``wanted``, stretched so that no day already reported falls out of the observation."""
    days = tuple(done)
    return Period(min((wanted.starts_on, *days)), max((wanted.ends_on, *days)))


def slots_of(day: date, times_per_day: int) -> tuple[Slot, ...]:
    """The reports asked for on one day."""
    parts = ("morning", "evening") if times_per_day > 1 else ("once",)
    return tuple(Slot(day, part) for part in parts)


def slots_between(period: Period, times_per_day: int) -> tuple[Slot, ...]:
    """Every report of an observation, in order."""
    days = (period.ends_on - period.starts_on).days + 1
    return tuple(
        slot
        for n in range(days)
        for slot in slots_of(period.starts_on + timedelta(days=n), times_per_day)
    )


def slot_at(now: datetime, times_per_day: int) -> Slot:
    """The report that belongs to this instant."""
    local = in_japan(now)
    if times_per_day < 2:
        return Slot(local.date(), "once")
    return Slot(local.date(), "morning" if local.time() < NOON else "evening")


@dataclass(frozen=True, slots=True)
class Turn:
    """The two instants that tell done, due and overdue reports apart.

    A report at or after ``done_from`` is the one of now; one at or after ``due_from`` is the
    one before it, so that the present one is merely due; an older one is overdue.
    """

    done_from: datetime
    due_from: datetime


def turn_at(now: datetime, times_per_day: int) -> Turn:
    """The turn at an instant: morning and evening, or the whole day.

    A report asked once a day is due until noon and overdue after.
    """
    local = in_japan(now)
    midnight = datetime.combine(local.date(), time(), TOKYO)
    noon = midnight + timedelta(hours=12)
    day = timedelta(days=1)
    if times_per_day < 2:
        return Turn(midnight, midnight - day if local < noon else midnight)
    return Turn(midnight, noon - day) if local < noon else Turn(noon, midnight)


def silent_before(now: datetime) -> datetime:
    """Who was last heard before this instant has been silent for a day."""
    return now - WINDOW
