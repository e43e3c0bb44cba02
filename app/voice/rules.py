"""Pure rules of automatic calls: when one is made, which number, what the keys mean."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from app.core.clock import TOKYO
from app.followup.plan_rules import NOON, Slot
from app.voice.codes import STEP

PERSON = "9"
"""This key alone asks for a person, at every question."""
NOT_MEASURED = frozenset({"0", "00", "000"})
KEYS: Mapping[str, int] = {
    "birth": 4,
    "temperature": 3,
    "spo2": 3,
    "breathless": 1,
    "emergency": 1,
    "other": 1,
}
"""Step → the most keys of its answer; ``#`` ends a shorter one."""
MOST_WRONG_DATES = 3
MOST_MISHEARD = 3
HOURS_AFTER = 2
"""Who is to be called at 9 is called until 11 if no line was free; not in the afternoon."""
_DIGITS = re.compile(r"[0-9]+")
_DOMESTIC = re.compile(r"0[1-9][0-9]{8,9}")
_SATURATION = range(50, 101)
_TENTHS = range(300, 451)
SOMETHING_ELSE = "自動架電：その他の症状あり（内容は未確認）"
ANY_EMERGENCY = "自動架電：緊急性の高い症状のいずれかあり（どの症状かは未確認）"


@dataclass(frozen=True, slots=True)
class Heard:
    """An answer that is understood; None for "not measured"."""

    value: int | bool | None


def dialled(*typed: str | None) -> str | None:
    """The first number that can be called, as providers want it (+81312345678)."""
    for number in typed:
        plain = (number or "").strip()
        digits = "".join(_DIGITS.findall(plain))
        if plain.startswith("+") and 8 <= len(digits) <= 15:
            return f"+{digits}"
        if _DOMESTIC.fullmatch(digits):
            return f"+81{digits[1:]}"
    return None


def latest_begin(slot: Slot, hours: tuple[time, time]) -> datetime:
    """The instant from which nobody is called for a report any more: noon ends the morning,
    and nobody is called at night."""
    end = min(hours[1], NOON) if slot.part == "morning" else hours[1]
    return datetime.combine(slot.on, end, TOKYO)


def within(hours: tuple[time, time], now: datetime) -> bool:
    """True while people may be called."""
    return hours[0] <= now.astimezone(TOKYO).time() < hours[1]


def next_try(now: datetime, minutes: int, until: datetime) -> datetime | None:
    """When to call again; None when that would be too late."""
    again = now + timedelta(minutes=minutes)
    return again if again < until else None


def is_birthday(digits: str, born: date) -> bool:
    """``0401`` for 1 April of any year."""
    return digits == f"{born:%m%d}"


def heard(step: str, digits: str) -> Heard | None:
    """What the keys mean at a question; None for what cannot be."""
    if step in ("temperature", "spo2"):
        if digits in NOT_MEASURED:
            return Heard(None)
        if not digits.isascii() or not digits.isdigit():
            return None
        number, wanted = int(digits), _TENTHS if step == "temperature" else _SATURATION
        return Heard(number) if number in wanted and len(digits) in (2, 3) else None
    return {"1": Heard(True), "2": Heard(False)}.get(digits)


def next_step(step: str, *, is_case: bool) -> str:
    """The question after this one; contacts are not asked for the oxygen saturation."""
    steps = [one for one in STEP.values if is_case or one != "spo2"]
    return steps[steps.index(step) + 1]


def report_of(answers: Mapping[str, Any]) -> dict[str, Any]:
    """Answers as the values of a report; what was not asked or not measured is left out.

    "No symptoms" is reported only when both questions about them were answered with no. Of the
    13 emergency symptoms a key says only that there is one: the most general stands for it,
    and the remark says that nobody was told which.
    """
    found: dict[str, Any] = {}
    if answers.get("temperature") is not None:
        found["temperature"] = Decimal(int(answers["temperature"])) / 10
    if answers.get("spo2") is not None:
        found["spo2"] = int(answers["spo2"])
    if answers.get("breathless"):
        found["symptoms"] = ("dyspnoea",)
    elif answers.get("breathless") is False and answers.get("other") is False:
        found["symptoms"] = ()
    if answers.get("emergency"):
        found["emergency_symptoms"] = ("unlike_self",)
        found["remarks"] = ANY_EMERGENCY
    elif answers.get("emergency") is False:
        found["emergency_symptoms"] = ()
    if answers.get("other"):
        found["symptoms_other"] = SOMETHING_ELSE
    return found
