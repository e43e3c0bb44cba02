"""The rules of the dashboards, by hand."""

from datetime import date, timedelta

import pytest

from app.dashboards.measures import MAP_MEASURES
from app.dashboards.rules import (
    ASSUMED,
    completeness,
    level_of,
    points_of,
    rolling,
    step_of,
    weeks_of,
    year_before,
)


@pytest.mark.parametrize(
    ("delays", "days", "observed"),
    [
        ({0: 90, 1: 10}, 1, 100),  # 90 % on the day itself: still today is not over
        ({0: 89, 1: 11}, 1, 100),
        ({0: 50, 2: 40, 9: 10}, 2, 100),  # exactly 90 % within two days
        ({0: 50, 2: 39, 9: 11}, 9, 100),
        ({29: 100}, 28, 100),  # later than told apart
        ({0: 29}, ASSUMED["onset"], 0),  # too few to learn from
        ({}, ASSUMED["onset"], 0),
        ({0: 60, 1: -5}, 1, 60),  # a correction takes nobody away
    ],
)
def test_days_are_incomplete_until_nine_tenths_are_in(
    delays: dict[int, int], days: int, observed: int
) -> None:
    found = completeness(delays, "onset")
    assert (found.days, found.observed) == (days, observed)


def test_a_day_is_complete_from_its_age_on() -> None:
    found, today = completeness({3: 100}, "reported"), date(2021, 8, 20)
    assert [found.is_complete(today - timedelta(days=ago), today) for ago in (0, 2, 3, 40)] == [
        False,
        False,
        True,
        True,
    ]


@pytest.mark.parametrize(
    ("first", "last", "mondays"),
    [
        (date(2021, 1, 1), date(2021, 1, 3), [date(2020, 12, 28)]),  # week 53 of 2020
        (date(2021, 1, 3), date(2021, 1, 4), [date(2020, 12, 28), date(2021, 1, 4)]),
        (date(2024, 2, 29), date(2024, 2, 29), [date(2024, 2, 26)]),
    ],
)
def test_weeks_begin_on_monday(first: date, last: date, mondays: list[date]) -> None:
    assert weeks_of(first, last) == mondays


def test_week_53_exists() -> None:
    assert date(2020, 12, 28).isocalendar()[:2] == (2020, 53)


@pytest.mark.parametrize(
    ("day", "before"),
    [
        (date(2024, 2, 29), date(2023, 2, 28)),
        (date(2025, 2, 28), date(2024, 2, 28)),
        (date(2021, 8, 20), date(2020, 8, 20)),
    ],
)
def test_a_year_before(day: date, before: date) -> None:
    assert year_before(day) == before


def test_rolling_sums_use_up_the_days_before() -> None:
    assert rolling([1, 2, 3, 4], 3) == [6, 9]
    assert rolling([1, 2], 7) == []


def test_a_bound_itself_belongs_to_the_higher_level() -> None:
    bounds = MAP_MEASURES["week"].bounds
    assert [level_of(v, bounds) for v in (0, 4.99, 5, 15, 24.9, 25, 500)] == [0, 0, 1, 2, 2, 3, 4]
    assert level_of(None, bounds) is None


@pytest.mark.parametrize("key", sorted(MAP_MEASURES))
def test_every_level_of_the_map_has_words(key: str) -> None:
    measure = MAP_MEASURES[key]
    assert len(measure.levels()) == len(measure.bounds) + 1
    assert len(measure.remarks) == len(measure.bounds)


@pytest.mark.parametrize(
    ("days", "is_country", "step"),
    [(1, False, 1), (62, False, 1), (63, False, 7), (62, True, 7), (670, True, 28)],
)
def test_a_long_course_of_beds_has_fewer_points(days: int, is_country: bool, step: int) -> None:
    assert step_of(days, is_country=is_country) == step
    last = date(2021, 8, 20)
    points = points_of(last - timedelta(days=days - 1), last, step)
    assert points[-1] == last
    assert len(points) == (days - 1) // step + 1
