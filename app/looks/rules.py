"""Pure rules of unusual looking. None of them is a verdict: each is a question to be asked."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from statistics import median
from typing import Any

from app.core import clock
from app.core.labels import CodeList
from app.security.roles import RoleName

UNUSUAL = CodeList(
    "unusual_look",
    ("many_outside", "担当外の閲覧が多い", "Many looks outside own open cases"),
    ("own_name", "利用者本人と同姓同名", "Same name as the user"),
    ("colleague", "同じ機関の職員と同姓同名", "Same name as a colleague"),
    ("night", "夜間の閲覧", "Looks at night"),
    ("searching", "開かない検索が多い", "Many searches that open nothing"),
    ("wrong_numbers", "緊急閲覧の番号誤りが多い", "Many wrong numbers for break-glass access"),
)

OWN_TIES = frozenset(
    {"responsible", "related", "reporting", "treating", "observing", "contact", "own_entry"}
)
CLOSED = frozenset({"discharged", "died", "cleared", "withdrawn"})
MANY_OUTSIDE, TIMES_USUAL = 20, 3
NIGHT_FROM, NIGHT_TO, NIGHT_LOOKS = 22, 6, 5
AROUND_THE_CLOCK = frozenset({RoleName.HOSPITAL, RoleName.HOTEL, RoleName.FOLLOW_UP_CONTRACTOR})
"""Roles that care for people at night as well."""
SEARCHES, OPENED_PER_SEARCH = 15, 0.2
WRONG_NUMBERS = 3


@dataclass(frozen=True, slots=True)
class Day:
    """What one person did on one day; ``own_name`` and ``colleagues`` are keys of cases or
    people looked at who bear such a name."""

    role: RoleName | None
    opened: int = 0
    outside: int = 0
    searches: int = 0
    night: int = 0
    wrong_numbers: int = 0
    own_name: Sequence[int] = ()
    colleagues: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that was met, with the numbers its sentence needs."""

    rule: str
    facts: dict[str, Any] = field(default_factory=dict)


def findings(day: Day, usual: Sequence[int]) -> list[Finding]:
    """The rules ``day`` meets; ``usual`` are the ``outside`` numbers of the person's days before."""
    found = []
    middle = usual_of(usual)
    if is_many_outside(day.outside, middle):
        found.append(Finding("many_outside", {"count": day.outside, "usual": middle}))
    if day.own_name:
        found.append(Finding("own_name", {"people": sorted(day.own_name)}))
    if day.colleagues:
        found.append(Finding("colleague", {"people": sorted(day.colleagues)}))
    if day.night >= NIGHT_LOOKS and day.role not in AROUND_THE_CLOCK:
        found.append(Finding("night", {"count": day.night}))
    if is_searching(day.searches, day.opened):
        found.append(Finding("searching", {"count": day.searches, "opened": day.opened}))
    if day.wrong_numbers >= WRONG_NUMBERS:
        found.append(Finding("wrong_numbers", {"count": day.wrong_numbers}))
    return found


def usual_of(numbers: Sequence[int]) -> float:
    """The median of the days before; 0 for somebody who never looked before."""
    return float(median(numbers)) if numbers else 0.0


def is_many_outside(count: int, usual: float) -> bool:
    """At least twenty people, and more than three times what is usual for this person."""
    return count >= MANY_OUTSIDE and count > TIMES_USUAL * usual


def is_outside(relation: str, status: str | None) -> bool:
    """A look without a tie of one's own, or at a case that is closed."""
    return relation not in OWN_TIES or status in CLOSED


def is_night(at: datetime) -> bool:
    """From 22 o'clock to before 6 in Japan."""
    hour = clock.in_japan(at).hour
    return hour >= NIGHT_FROM or hour < NIGHT_TO


def is_searching(searches: int, opened: int) -> bool:
    """Many searches by name, hardly any of which led to a case."""
    return searches >= SEARCHES and opened < OPENED_PER_SEARCH * searches
