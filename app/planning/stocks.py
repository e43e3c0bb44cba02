"""People in hospital, severe or in hotels, from the new cases that are expected. Pure.

A share of each day's new cases is admitted on that day, and of those who are there one in
``stay`` leaves each day (a length of stay that is ``stay`` days in the mean). It starts with
those who are there. Intervals: the recursion over each edge of the new cases' intervals, as if
a path that is high stayed high; so they are rather too wide than too narrow.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from app.planning.projection import Band

FEWEST_FOR_SHARE = 20
"""New cases of 28 days below which no share is worked out of them."""


@dataclass(frozen=True, slots=True)
class Care:
    """How a kind of care fills and empties: share of new cases (0–1), mean days of stay (≥ 1)."""

    share: float
    stay: float


@dataclass(frozen=True, slots=True)
class Reached:
    """When a number of places is reached: the middle path, and the highest of 80 % and 95 %."""

    places: float
    middle: date | None
    early_80: date | None
    early_95: date | None


def occupied(now: float, new: Sequence[Band], care: Care) -> list[Band]:
    """People in this kind of care at the end of each day."""
    edges = [_course(now, [list(band)[edge] for band in new], care) for edge in range(5)]
    return [Band(*values) for values in zip(*edges, strict=True)]


def share_of(new: Sequence[int], people: Sequence[int], stay: float) -> float | None:
    """The share of new cases that explains the people of the same days; None where it cannot.

    (people at the end − at the beginning + those who left) ÷ new cases, where one in ``stay``
    of those who were there left each day. ``people`` has one day more at its beginning.
    """
    total = sum(new)
    if total < FEWEST_FOR_SHARE or len(people) != len(new) + 1:
        return None
    left = sum(people[:-1]) / max(stay, 1.0)
    return min(max((people[-1] - people[0] + left) / total, 0.0), 1.0)


def reached(places: float, course: Sequence[Band], first: date) -> Reached:
    """The first days on which the paths come to ``places`` or above."""

    def when(edge: str) -> date | None:
        found = (n for n, band in enumerate(course) if getattr(band, edge) >= places)
        offset = next(found, None)
        return None if offset is None else first + timedelta(days=offset)

    return Reached(places, when("middle"), when("high_80"), when("high_95"))


def peak(course: Sequence[Band], first: date) -> tuple[date, Band] | None:
    """The day of the highest middle path with its band; None for no days at all."""
    if not course:
        return None
    offset = max(range(len(course)), key=lambda n: course[n].middle)
    return first + timedelta(days=offset), course[offset]


def _course(now: float, new: Sequence[float], care: Care) -> list[float]:
    course, people = [], max(now, 0.0)
    for cases in new:
        people = people * (1 - 1 / max(care.stay, 1.0)) + care.share * cases
        course.append(people)
    return course
