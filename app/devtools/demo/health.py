"""Daily observations of an invented case or contact: getting better, getting worse, or silent."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

_SYMPTOMS = ("cough", "sore_throat", "headache", "fatigue", "runny_nose", "joint_muscle_pain")
_SILENT_DAYS = 3
_WORSE_DAYS = 3
_WORSE_OXYGEN = (95, 93, 91)


def observed_days(first: date, last: date, fate: str, *, ongoing: bool) -> list[date]:
    """The days with a report; a silent person gave none of late."""
    end = last - timedelta(days=_SILENT_DAYS) if fate == "silent" and ongoing else last
    return [first + timedelta(days=n) for n in range((end - first).days + 1)]


def observations(
    days: list[date], fate: str, random: Random, *, ill: bool = True
) -> Iterator[Mapping[str, Any]]:
    """Items of one observation a day, in the order of days."""
    for number, day in enumerate(days):
        left = len(days) - 1 - number
        if fate == "worsening" and left < _WORSE_DAYS:
            yield _worse(day, _WORSE_DAYS - 1 - left)
        else:
            yield _usual(day, number, random, ill=ill)


def _usual(day: date, number: int, random: Random, *, ill: bool) -> dict[str, Any]:
    fever = max(0, 22 - 4 * number) if ill else 0
    symptoms = random.sample(_SYMPTOMS, k=max(0, 3 - number // 2)) if ill else []
    return {
        "observed_on": day,
        "part_of_day": "morning",
        "temperature": Decimal(362 + fever + random.randint(0, 5)) / 10,
        "spo2": random.randint(96, 99),
        "symptoms": tuple(s for s in _SYMPTOMS if s in symptoms),
        **random.choice(_REPORTED),
    }


def _worse(day: date, step: int) -> dict[str, Any]:
    return {
        "observed_on": day,
        "part_of_day": "morning",
        "temperature": Decimal(384 + 3 * step) / 10,
        "spo2": _WORSE_OXYGEN[step],
        "symptoms": ("cough", "dyspnoea", "fatigue"),
        "emergency_symptoms": ("breathless_on_moving",) if step == _WORSE_DAYS - 1 else (),
        "confirmed_by": "phone",
        "entered_by_kind": "health_centre",
    }


_REPORTED: tuple[dict[str, str], ...] = (
    {"confirmed_by": "web", "entered_by_kind": "patient"},
    {"confirmed_by": "phone", "entered_by_kind": "health_centre"},
    {"confirmed_by": "web", "entered_by_kind": "patient"},
)
