"""Pure rules of a case: age, age group, number, and the status that follows from its records."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from app.cases.date_order import DAY_ORDER
from app.core.labels import Label

LARGEST_ID = 9_999_999


class StayLike(Protocol):
    """What the status needs to know of a stay."""

    place: str
    from_on: date
    to_on: date | None
    icu: str | None
    ventilator: str | None
    ecmo: str | None


@dataclass(frozen=True, slots=True)
class Course:
    """The dated facts of a case from which its status follows."""

    notification_state: str | None = None
    diagnosis_type: str | None = None
    outcome: str | None = None
    waiting_since_on: date | None = None
    discharged_on: date | None = None
    died_on: date | None = None
    suspicion_cleared_on: date | None = None


def age_at(birth_on: date, on: date) -> tuple[int, int]:
    """Completed years, and completed months for the first year of life (0 after it).

    A child born on 29 February is a year older on 1 March of other years.

    Raises:
        ValueError: ``on`` lies before the birth.
    """
    if on < birth_on:
        raise ValueError("the day lies before the birth")
    months = (on.year - birth_on.year) * 12 + on.month - birth_on.month
    if on.day < birth_on.day:
        months -= 1
    years = months // 12
    return years, months if years == 0 else 0


def age_group_of(years: int | None) -> str:
    """The 年代 of an age in years, as in the open-data standard."""
    if years is None:
        return "unknown"
    if years < 10:
        return "under_10"
    return "90_or_over" if years >= 90 else f"{years // 10}0s"


def case_number(case_id: int) -> str:
    """The eight digits shown to people: seven of the key and a Luhn check digit (R48).

    Raises:
        ValueError: the key needs more than seven digits.
    """
    if not 0 < case_id <= LARGEST_ID:
        raise ValueError("case numbers run from 1 to 9,999,999")
    body = f"{case_id:07d}"
    return body + str(-_luhn_sum(body + "0") % 10)


def contradictions(values: object) -> dict[str, list[object]]:
    """Item name → sentences, for a case whose days or outcome contradict each other."""
    held = _Attributes(values)
    problems: dict[str, list[object]] = {}
    for order in DAY_ORDER:
        if order.broken(held):
            problems.setdefault(order.earlier, []).append(order.sentence)
    for item, sentence, broken in _CONTRADICTIONS:
        if broken(held):
            problems.setdefault(item, []).append(sentence)
    return problems


def derive_status(course: Course, stays: Iterable[StayLike], on: date) -> str:
    """The status (R90) on the day ``on``; the first rule that fits decides.

    A person leaves a place on the stay's ``to_on``; of overlapping stays the latest counts.
    """
    closed = _closed(course, on)
    if closed is not None:
        return closed
    current = _current(stays, on)
    if current is not None:
        return _status_of_place(current)
    if course.notification_state in ("submitted", "returned"):
        return "awaiting_acceptance"
    if _reached(course.waiting_since_on, on):
        return "waiting"
    return "suspected" if course.diagnosis_type == "suspected" else "under_investigation"


def _closed(course: Course, on: date) -> str | None:
    if course.notification_state == "withdrawn":
        return "withdrawn"
    if course.outcome == "died" or _reached(course.died_on, on):
        return "died"
    if course.outcome == "recovered" or _reached(course.discharged_on, on):
        return "discharged"
    if course.diagnosis_type == "suspected" and _reached(course.suspicion_cleared_on, on):
        return "cleared"
    return None


def _current(stays: Iterable[StayLike], on: date) -> StayLike | None:
    begun = [stay for stay in stays if stay.from_on <= on and not _reached(stay.to_on, on)]
    return max(begun, key=lambda stay: stay.from_on, default=None)


def _status_of_place(stay: StayLike) -> str:
    if stay.place != "hospital":
        return stay.place
    severe = "yes" in (stay.icu, stay.ventilator, stay.ecmo)
    return "hospitalised_severe" if severe else "hospitalised"


def _reached(day: date | None, on: date) -> bool:
    return day is not None and day <= on


def _luhn_sum(digits: str) -> int:
    total = 0
    for position, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if position % 2 else 1)
        total += value - 9 if value > 9 else value
    return total


class _Attributes(Mapping[str, Any]):
    """The attributes of a record, read like a mapping."""

    def __init__(self, record: object) -> None:
        self._record = record

    def __getitem__(self, name: str) -> Any:
        try:
            return getattr(self._record, name)
        except AttributeError:
            raise KeyError(name) from None

    def __iter__(self) -> Iterator[str]:
        return iter(vars(self._record))

    def __len__(self) -> int:
        return len(vars(self._record))


_CONTRADICTIONS: tuple[tuple[str, Label, Callable[[Mapping[str, Any]], bool]], ...] = (
    (
        "withheld_items",
        Label(
            "同じ項目が公表可と公表不可の両方に選ばれています。",
            "The same item is marked as publishable and as not publishable.",
        ),
        lambda v: bool(set(v.get("published_items") or ()) & set(v.get("withheld_items") or ())),
    ),
    (
        "onset_on",
        Label(
            "無症状病原体保有者には発病年月日を記入しません。",
            "An asymptomatic carrier has no date of onset.",
        ),
        lambda v: v["diagnosis_type"] == "asymptomatic_carrier" and bool(v["onset_on"]),
    ),
    (
        "age_months",
        Label(
            "月齢は0歳の場合にのみ記入します。", "Months of age are for children under one only."
        ),
        lambda v: v["age_months"] is not None and bool(v["age_years"]),
    ),
    (
        "died_on",
        Label(
            "転帰が「死亡」でない場合、死亡日は記入しません。",
            "A date of death needs the outcome “died”.",
        ),
        lambda v: bool(v["died_on"]) and v["outcome"] in ("recovered", "transferred"),
    ),
    (
        "discharged_on",
        Label(
            "転帰が「死亡」の場合、退院日（療養解除日）は記入しません。",
            "A person who died was not discharged.",
        ),
        lambda v: bool(v["discharged_on"]) and v["outcome"] == "died",
    ),
    (
        "pregnant",
        Label("性別と妊娠の有無が矛盾しています。", "Sex and pregnancy contradict each other."),
        lambda v: v["pregnant"] == "yes" and v["sex"] == "male",
    ),
)
