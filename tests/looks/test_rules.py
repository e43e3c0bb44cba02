"""What is unusual, in numbers small enough to count by hand."""

from datetime import UTC, datetime

import pytest

from app.looks.rules import Day, findings, is_night, is_outside, is_searching, usual_of
from app.security.roles import RoleName

CLERK = RoleName.HEALTH_CENTRE_CLERK


def rules(day: Day, usual: tuple[int, ...] = ()) -> list[str]:
    return [one.rule for one in findings(day, usual)]


@pytest.mark.parametrize(
    ("outside", "usual", "unusual"),
    [
        (19, (), False),
        (20, (), True),
        (20, (7, 7, 7), False),
        (22, (7, 7, 7), True),
        (60, (20, 20, 20), False),
        (61, (20, 20, 20), True),
        (30, (0, 0, 200), True),
    ],
)
def test_many_outside_is_measured_by_what_is_usual(
    outside: int, usual: tuple[int, ...], unusual: bool
) -> None:
    assert ("many_outside" in rules(Day(CLERK, outside=outside), usual)) is unusual


@pytest.mark.parametrize(
    ("numbers", "middle"), [((), 0.0), ((4,), 4.0), ((1, 2, 9), 2.0), ((1, 4), 2.5)]
)
def test_the_usual_is_the_median(numbers: tuple[int, ...], middle: float) -> None:
    assert usual_of(numbers) == middle


@pytest.mark.parametrize(
    ("relation", "status", "outside"),
    [
        ("responsible", "home", False),
        ("responsible", "discharged", True),
        ("related", "died", True),
        ("contact", None, False),
        ("break_glass", "home", True),
        ("other", None, True),
        ("area", "home", True),
    ],
)
def test_outside_is_without_a_tie_or_after_the_end(
    relation: str, status: str | None, outside: bool
) -> None:
    assert is_outside(relation, status) is outside


@pytest.mark.parametrize(
    ("hour_utc", "night"), [(12, False), (13, True), (20, True), (21, False), (3, False)]
)
def test_night_is_from_22_to_6_in_japan(hour_utc: int, night: bool) -> None:
    assert is_night(datetime(2021, 8, 20, hour_utc, tzinfo=UTC)) is night


@pytest.mark.parametrize(
    ("searches", "opened", "unusual"),
    [
        (14, 0, False),
        (15, 0, True),
        (15, 3, False),
        (15, 2, True),
        (100, 19, True),
        (100, 20, False),
    ],
)
def test_searching_without_opening(searches: int, opened: int, unusual: bool) -> None:
    assert is_searching(searches, opened) is unusual


def test_nights_are_usual_where_people_are_cared_for() -> None:
    assert rules(Day(CLERK, night=5)) == ["night"]
    assert rules(Day(CLERK, night=4)) == []
    assert rules(Day(RoleName.HOSPITAL, night=50)) == []


def test_names_and_wrong_numbers() -> None:
    day = Day(CLERK, own_name=(1,), colleagues=(2, 3), wrong_numbers=3)
    assert rules(day) == ["own_name", "colleague", "wrong_numbers"]
    assert rules(Day(CLERK, opened=50)) == []
