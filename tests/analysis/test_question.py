"""Questions, buckets and figures: pure rules."""

from collections import Counter
from dataclasses import replace
from datetime import date

import pytest

from app.analysis.buckets import bands, bucket_of_day, days_of, span
from app.analysis.figures import Tally, added_up, figure_of, median, restored
from app.analysis.measures import MEASURES
from app.analysis.question import (
    Question,
    is_given_away,
    is_part_of,
    overlap,
    restored_question,
    same_records,
)

AUGUST = Question(
    "case", "records", "number", ("sex",), ("age_group",), "reported_on",
    date(2021, 8, 1), date(2021, 8, 31),
)  # fmt: skip


def with_filters(**filters: tuple[str, ...]) -> Question:
    return replace(AUGUST, filters=tuple(filters.items()))


def test_a_question_comes_back_as_it_was_stored() -> None:
    asked = replace(with_filters(sex=("male", "none")), passing_on=True, counted=False, sort="most")
    assert restored_question(asked.stored()) == asked


@pytest.mark.parametrize(
    ("small", "large", "expected"),
    [
        (AUGUST, AUGUST, True),
        (with_filters(sex=("male",)), AUGUST, True),
        (AUGUST, with_filters(sex=("male",)), False),
        (with_filters(sex=("male",)), with_filters(sex=("male", "female")), True),
        (with_filters(sex=("other",)), with_filters(sex=("male", "female")), False),
        (replace(AUGUST, last=date(2021, 8, 30)), AUGUST, True),
        (replace(AUGUST, last=date(2021, 9, 1)), AUGUST, False),
        (AUGUST, replace(AUGUST, counted=False), True),
        (replace(AUGUST, counted=False), AUGUST, False),
        (replace(AUGUST, basis="onset_on"), AUGUST, False),
        (replace(AUGUST, rows=("outcome",)), AUGUST, True),
    ],
)
def test_records_of_one_question_within_another(
    small: Question, large: Question, expected: bool
) -> None:
    assert is_part_of(small, large) is expected


def test_questions_overlap_unless_a_filter_or_the_period_parts_them() -> None:
    assert overlap(with_filters(sex=("male",)), AUGUST)
    assert not overlap(with_filters(sex=("male",)), with_filters(sex=("female",)))
    assert not overlap(replace(AUGUST, first=date(2021, 9, 1), last=date(2021, 9, 2)), AUGUST)


@pytest.mark.parametrize(
    ("asked", "number", "expected"),
    [
        (with_filters(sex=("male",)), 91, True),
        (with_filters(sex=("male",)), 90, False),
        (with_filters(sex=("male",)), 100, False),
        (replace(AUGUST, sort="most"), 99, False),
    ],
)
def test_a_difference_of_fewer_than_ten_gives_away(
    asked: Question, number: int, expected: bool
) -> None:
    assert is_given_away(asked, number, AUGUST, 100, 10) is expected
    assert is_given_away(AUGUST, 100, asked, number, 10) is expected


def test_what_is_shown_of_them_makes_no_other_records() -> None:
    assert same_records(AUGUST, replace(AUGUST, rows=("outcome",), shown_as="row_share"))
    assert AUGUST.fingerprint == replace(AUGUST, shown_as="row_share", sort="most").fingerprint
    assert AUGUST.fingerprint != replace(AUGUST, rows=("outcome",)).fingerprint


def test_a_period_is_cut_at_the_ends_of_months() -> None:
    asked = replace(AUGUST, first=date(2020, 2, 10), last=date(2020, 4, 2))
    assert [(one.first, one.last) for one in asked.months()] == [
        (date(2020, 2, 10), date(2020, 2, 29)),
        (date(2020, 3, 1), date(2020, 3, 31)),
        (date(2020, 4, 1), date(2020, 4, 2)),
    ]


def test_weeks_run_from_monday_also_over_the_turn_of_the_year() -> None:
    assert bucket_of_day("week", date(2021, 1, 3)) == "2020-W53"
    assert days_of("week", "2020-W53") == (date(2020, 12, 28), date(2021, 1, 3))
    assert span("week", date(2021, 1, 3), date(2021, 1, 4)) == ["2020-W53", "2021-W01"]


def test_months_know_29_february() -> None:
    assert days_of("month", "2020-02") == (date(2020, 2, 1), date(2020, 2, 29))
    assert span("month", date(2019, 12, 31), date(2020, 2, 1)) == ["2019-12", "2020-01", "2020-02"]


def test_age_bands_have_no_gap() -> None:
    assert bands(["10", None]) == ["0", "5", "10"]


@pytest.mark.parametrize(
    ("values", "middle"),
    [({1: 1}, 1), ({1: 1, 2: 1}, 1.5), ({1: 2, 5: 1}, 1), ({-1: 1, 0: 1, 9: 3}, 9), ({3: 4}, 3)],
)
def test_the_median_of_values_told_by_how_often(values: dict[int, int], middle: float) -> None:
    assert median(values) == middle


def test_people_are_counted_once_also_in_the_total() -> None:
    people = MEASURES["people"]
    one, two = Tally(2, 0, Counter({7: 2})), Tally(3, 0, Counter({7: 1, 8: 1}))
    figures = added_up({(("a",), ()): one, (("b",), ()): two}, people)
    # The third record of b has no person: it counts as one.
    assert [figures.at(row, ()).value for row in (("a",), ("b",))] == [1, 3]  # type: ignore[union-attr]
    total = figures.at(None, None)
    assert total is not None
    assert (total.value, total.base) == (3, 5)
    assert restored(figures.stored()) == figures


def test_a_mean_of_nothing_is_nothing() -> None:
    assert figure_of(Tally(4), MEASURES["mean_age"]).value is None
    assert figure_of(Tally(4, 0, Counter({20: 1, 40: 3})), MEASURES["mean_age"]).value == 35
