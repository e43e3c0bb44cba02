"""Who needs a place most, and how many are left: numbers one can count on one's fingers."""

from datetime import date

import pytest

from app.coordination.rules import Beds, free_rooms, is_stale, report_problems, urgency

pytestmark = pytest.mark.one_database


@pytest.mark.parametrize(
    ("more", "less"),
    [
        (("severe", "no", 30, (), None), ("moderate_2", "yes", 80, ("copd",), None)),
        (("moderate_1", "yes", 30, (), None), ("moderate_1", "no", 80, ("copd",), None)),
        (("mild", "no", 75, (), None), ("mild", "no", 74, (), None)),
        (("mild", "no", 65, (), None), ("mild", "no", 64, (), None)),
        (("mild", "no", 40, ("diabetes",), None), ("mild", "no", 40, (), None)),
        (("mild", "no", 30, (), "yes"), ("mild", "no", 30, (), "no")),
        ((None, None, None, (), None), ("asymptomatic", "no", 20, (), None)),
    ],
)
def test_the_more_urgent_of_two(more: tuple, less: tuple) -> None:  # type: ignore[type-arg]
    assert urgency(*more) > urgency(*less)


def test_beds_left_are_usable_less_occupied_less_promised() -> None:
    beds = Beds(10, 6, severe_usable=3, severe_occupied=1, promised=1, severe_promised=2)
    assert (beds.free, beds.severe_free) == (1, 0)
    assert Beds(2, 2, 0, 0, promised=1).free == -1


@pytest.mark.parametrize(
    ("taken", "free"),
    [
        ([], 3),
        (["201"], 2),
        (["201", "201"], 2),
        ([None], 2),
        (["201", None], 1),
        (["999"], 2),
        ([None, None, None, None], -1),
    ],
)
def test_rooms_left(taken: list[str | None], free: int) -> None:
    assert free_rooms(["201", "202", "203"], taken) == free


def test_a_declaration_is_of_its_day() -> None:
    assert is_stale(date(2021, 8, 19), date(2021, 8, 20))
    assert not is_stale(date(2021, 8, 20), date(2021, 8, 20))


def test_what_a_declaration_may_say() -> None:
    today = date(2021, 8, 20)
    right = {"total": 5, "usable": 4, "occupied": 9, "severe_total": 2, "severe_usable": 2}
    assert report_problems(today, {**right, "severe_occupied": 3}, today) == {}
    assert set(report_problems(date(2021, 8, 21), right, today)) == {"declared_on"}
    assert set(report_problems(today, {**right, "usable": 6}, today)) == {"usable"}
    assert set(report_problems(today, {**right, "severe_total": 6}, today)) == {"severe_total"}
