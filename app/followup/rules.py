"""Pure rules of the health observation: days, missing days, and what calls for attention.

Levels (thresholds stand in the disease's own row):

* red – any of the 13 emergency symptoms, or SpO2 at or below the red line (93);
* orange – SpO2 at or below the orange line (95), 3 points lower than within the 24 hours
  before, temperature at or above the orange line (38.5), or breathlessness;
* yellow – no report for more than 24 hours, or two days running at or above the yellow line
  (37.5).

Of each measure its latest value counts, as long as it is no older than 24 hours before the
latest report: a blank does not clear a bad value, a better measurement does.
"""

import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from app.core.clock import TOKYO

HOUR_OF_PART = {"morning": 8, "once": 12, "evening": 18}
"""The hour for which an observation stands when hours between two are counted."""

WINDOW = timedelta(hours=24)


class Level(enum.IntEnum):
    """How urgent it is to look at a person; larger is more urgent."""

    NONE = 0
    YELLOW = 1
    ORANGE = 2
    RED = 3


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Lines of SpO2 (%) and temperature (°C); see ``Disease``."""

    spo2_red: int = 93
    spo2_orange: int = 95
    fever_orange: Decimal = Decimal("38.5")
    fever_yellow: Decimal = Decimal("37.5")
    spo2_drop: int = 3

    @classmethod
    def of(cls, disease: Any) -> "Thresholds":
        """Those of a disease's row; what it leaves empty keeps the default."""
        names = ("spo2_red", "spo2_orange", "fever_orange", "fever_yellow", "spo2_drop")
        given = {name: getattr(disease, name, None) for name in names}
        return replace(cls(), **{name: value for name, value in given.items() if value is not None})


@dataclass(frozen=True, slots=True)
class Reading:
    """One line of the sheet as the rules see it; None is "not measured" or "not asked"."""

    observed_on: date
    part_of_day: str = "once"
    temperature: Decimal | None = None
    spo2: int | None = None
    symptoms: tuple[str, ...] | None = None
    emergency_symptoms: tuple[str, ...] | None = None

    @property
    def at(self) -> datetime:
        """The instant the reading stands for."""
        hour = HOUR_OF_PART.get(self.part_of_day, 12)
        return datetime.combine(self.observed_on, time(hour), TOKYO)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a level was reached; ``code`` is worded by ``app.followup.wording``."""

    code: str
    level: Level
    value: Any = None
    before: Any = None


@dataclass(frozen=True, slots=True)
class Alert:
    """The level of a person and every reason for it, most urgent first."""

    level: Level
    reasons: tuple[Reason, ...] = ()


def in_order(readings: Iterable[Reading]) -> list[Reading]:
    """By time: morning, once a day, evening."""
    return sorted(readings, key=lambda reading: reading.at)


def signs(reading: Reading, earlier: Sequence[Reading], lines: Thresholds) -> tuple[Reason, ...]:
    """What is alarming about one reading; ``earlier`` gives the SpO2 it fell from."""
    found = []
    if reading.emergency_symptoms:
        found.append(Reason("emergency", Level.RED, reading.emergency_symptoms))
    found += _oxygen(reading, earlier, lines)
    if reading.temperature is not None and reading.temperature >= lines.fever_orange:
        found.append(Reason("fever_high", Level.ORANGE, reading.temperature))
    if "dyspnoea" in (reading.symptoms or ()):
        found.append(Reason("breathless", Level.ORANGE))
    return tuple(sorted(found, key=lambda reason: -reason.level))


def assess(
    readings: Iterable[Reading],
    lines: Thresholds,
    *,
    now: datetime,
    since: datetime | None = None,
    expected: bool = True,
) -> Alert:
    """The level at ``now``.

    Args:
        since: when the person came under observation, for those who never reported.
        expected: reports are due (not in hospital, not discharged); else silence is no reason.
    """
    ordered = in_order(readings)
    reasons: list[Reason] = []
    if ordered:
        latest = ordered[-1]
        reasons += _standing_signs(ordered, lines)
        reasons += _fever_days(ordered, latest.observed_on, lines)
        heard = latest.at
    else:
        heard = since or now
    if expected and now - heard > WINDOW:
        last = ordered[-1].observed_on if ordered else None
        reasons.append(Reason("silent", Level.YELLOW, last))
    reasons.sort(key=lambda reason: -reason.level)
    return Alert(reasons[0].level if reasons else Level.NONE, tuple(reasons))


def illness_day(onset_on: date | None, day: date) -> int | None:
    """病日: the day of onset is day 1; None before it or without an onset."""
    if onset_on is None or day < onset_on:
        return None
    return (day - onset_on).days + 1


def observation_day(last_exposure_on: date | None, day: date) -> int | None:
    """Days since the last exposure, which is day 0; observation ends on day 14 (添付3-3)."""
    if last_exposure_on is None or day < last_exposure_on:
        return None
    return (day - last_exposure_on).days


def missing_days(reported: Iterable[date], first: date, last: date) -> tuple[date, ...]:
    """Days from ``first`` to ``last`` without any report."""
    known = set(reported)
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return tuple(day for day in days if day not in known)


def _standing_signs(ordered: Sequence[Reading], lines: Thresholds) -> tuple[Reason, ...]:
    """The signs of the latest known values."""
    start = ordered[-1].at - WINDOW
    found: list[Reason] = []
    for name in ("emergency_symptoms", "symptoms", "spo2", "temperature"):
        for index in range(len(ordered) - 1, -1, -1):
            reading = ordered[index]
            if reading.at < start:
                break
            value = getattr(reading, name)
            if value is not None:
                alone = Reading(reading.observed_on, reading.part_of_day, **{name: value})
                found += signs(alone, ordered[:index], lines)
                break
    return tuple(found)


def _oxygen(reading: Reading, earlier: Sequence[Reading], lines: Thresholds) -> list[Reason]:
    if reading.spo2 is None:
        return []
    if reading.spo2 <= lines.spo2_red:
        return [Reason("oxygen_red", Level.RED, reading.spo2)]
    found = []
    if reading.spo2 <= lines.spo2_orange:
        found.append(Reason("oxygen_orange", Level.ORANGE, reading.spo2))
    before = [r.spo2 for r in earlier if r.spo2 is not None and reading.at - r.at <= WINDOW]
    if before and max(before) - reading.spo2 >= lines.spo2_drop:
        found.append(Reason("oxygen_drop", Level.ORANGE, reading.spo2, max(before)))
    return found


def _fever_days(ordered: Sequence[Reading], last: date, lines: Thresholds) -> list[Reason]:
    def feverish(day: date) -> bool:
        return any(
            r.temperature is not None and r.temperature >= lines.fever_yellow
            for r in ordered
            if r.observed_on == day
        )

    if feverish(last) and feverish(last - timedelta(days=1)):
        return [Reason("fever_days", Level.YELLOW, lines.fever_yellow)]
    return []
