"""The coming days of an area under the reader's assumptions. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from app.core.labels import Label
from app.planning.assumptions import Values
from app.planning.projection import Band, Present, days_from, projected
from app.planning.stocks import Reached, occupied, peak, reached

IN_HOSPITAL = Label("入院者数", "In hospital")
SEVERE = Label("重症者数", "Severe")
IN_HOTELS = Label("宿泊療養者数", "In hotels")
NEW = Label("新規陽性者数（7日間平均）", "New cases (mean of 7 days)")
CARE: Mapping[str, Label] = {"admitted": IN_HOSPITAL, "severe": SEVERE, "hotel": IN_HOTELS}


@dataclass(frozen=True, slots=True)
class Outlook:
    """Estimates by day: new cases (mean of 7 days) and people in each kind of care."""

    days: Sequence[date]
    new: Sequence[Band]
    care: Mapping[str, Sequence[Band]]


@dataclass(frozen=True, slots=True)
class Need:
    """The highest need of a kind of care."""

    key: str
    day: date
    band: Band


@dataclass(frozen=True, slots=True)
class PhaseResult:
    """When the places of a phase are reached; ``is_reached`` already by those who are there."""

    key: str
    phase: int
    reached: Reached
    is_reached: bool


def outlook_of(present: Present, now: Mapping[str, int], values: Values) -> Outlook:
    """``now``: people in care on the last day, by ``admitted``, ``severe`` and ``hotel``."""
    new = projected(present, values.assumption, values.days)
    care = {key: occupied(people, new, values.care(key)) for key, people in now.items()}
    return Outlook(days_from(present, len(new)), new, care)


def needs_of(outlook: Outlook) -> list[Need]:
    """The peak of each kind of care."""
    found = ((key, peak(course, outlook.days[0])) for key, course in outlook.care.items())
    return [Need(key, *one) for key, one in found if one is not None]


def phases_of(outlook: Outlook, now: Mapping[str, int], values: Values) -> list[PhaseResult]:
    """For each phase's beds, beds for severe, and the rooms of hotels."""
    wanted = [("admitted", n, places) for n, places in values.places("beds")]
    wanted += [("severe", n, places) for n, places in values.places("severe_beds")]
    rooms = values.numbers.get("rooms")
    if rooms is not None:
        wanted.append(("hotel", 0, rooms))
    return [
        PhaseResult(
            key,
            phase,
            reached(places, outlook.care[key], outlook.days[0]),
            now.get(key, 0) >= places,
        )
        for key, phase, places in wanted
        if key in outlook.care
    ]
