"""Ratios and stages: the check values of published tables, and numbers that cannot be divided."""

from datetime import date

import pytest

from app.statistics import derived
from app.statistics.derived import DERIVED, people_in_care, per_100k, percent, positivity, share
from app.statistics.stages import STAGE_INDICATORS, stage_of

BEFORE, AFTER = date(2021, 4, 14), date(2021, 4, 15)


def test_the_positivity_of_tokyo_on_21_february_2020() -> None:
    # 23 of 410 tested in the seven days: 0.056, on average 58.6 tested a day.
    positives = [2, 1, 0, 5, 8, 3, 4]
    negatives = [30, 45, 60, 58, 62, 70, 62]
    assert sum(positives) == 23
    assert sum(positives) + sum(negatives) == 410
    found = positivity(positives, negatives)
    assert found is not None
    assert round(found / 100, 3) == 0.056
    assert round(410 / 7, 1) == 58.6


def test_the_status_table_of_tokyo_on_21_may_2020_adds_up() -> None:
    parts = {
        "in_hospital": 655,
        "hotel": 40,
        "home": 85,
        "waiting": 24,
        "died": 256,
        "discharged": 4073,
    }
    assert derived.status_gap(5133, parts) == 0
    assert derived.status_gap(5134, parts) == 1
    stocks = {name: parts[name] for name in ("in_hospital", "hotel", "home", "waiting")}
    assert people_in_care(stocks) == 804


@pytest.mark.parametrize(
    ("key", "value", "stage"),
    [
        ("bed_use", 33.9, 3),
        ("severe_bed_use", 41.2, 3),
        ("admission_rate", 41.8, 0),
        ("care_per_100k", 33.7, 4),
        ("positivity", 4.5, 0),
        ("week_per_100k", 22.14, 3),
        ("unlinked_share", 60.0, 4),
    ],
)
def test_the_published_stages_of_tokyo_in_june_2021(key: str, value: float, stage: int) -> None:
    assert stage_of(key, value, date(2021, 6, 6), care_per_100k=33.7) == stage


@pytest.mark.parametrize(
    ("key", "value", "on", "stage"),
    [
        ("care_per_100k", 14.9, BEFORE, 0),
        ("care_per_100k", 15, BEFORE, 3),
        ("care_per_100k", 19.9, AFTER, 0),
        ("care_per_100k", 25, BEFORE, 4),
        ("care_per_100k", 25, AFTER, 3),
        ("care_per_100k", 30, AFTER, 4),
        ("positivity", 9.9, BEFORE, 0),
        ("positivity", 10, BEFORE, 4),
        ("positivity", 5, AFTER, 3),
        ("week_per_100k", 15, BEFORE, 3),
        ("week_per_100k", 25, AFTER, 4),
        ("week_ratio", 1, BEFORE, 0),
        ("week_ratio", 1.01, BEFORE, 4),
        ("week_ratio", 3, AFTER, None),
        ("admission_rate", 10, BEFORE, None),
        ("admission_rate", 40, AFTER, 3),
        ("admission_rate", 25, AFTER, 4),
        ("bed_use", 20, BEFORE, 3),
        ("bed_use", 50, AFTER, 4),
        ("unlinked_share", 49.9, AFTER, 0),
        ("bed_use", 90, date(2020, 8, 6), None),
        ("bed_use", None, AFTER, None),
    ],
)
def test_thresholds_of_both_periods(
    key: str, value: float | None, on: date, stage: int | None
) -> None:
    assert stage_of(key, value, on, care_per_100k=20) == stage


def test_the_share_in_hospital_says_nothing_where_few_are_in_care() -> None:
    assert stage_of("admission_rate", 20, AFTER, care_per_100k=9.9) is None
    assert stage_of("admission_rate", 20, AFTER) is None


@pytest.mark.parametrize("whole", [0, None, -3])
def test_nothing_is_divided_by_nothing(whole: int | None) -> None:
    assert share(5, whole) is None
    assert percent(5, whole) is None
    assert per_100k(5, whole) is None
    assert derived.simple_r(5, whole) is None


def test_a_negative_correction_gives_no_reproduction_number() -> None:
    assert derived.simple_r(-4, 10) is None
    assert positivity([None, 3], [4, None]) is None
    assert positivity([], []) is None


def test_the_simple_reproduction_number() -> None:
    assert derived.simple_r(20, 20) == 1
    assert derived.simple_r(200, 100) == pytest.approx(1.6407, abs=1e-4)


def test_every_ratio_says_what_it_means_in_both_languages() -> None:
    for one in (*DERIVED, *(each.figure for each in STAGE_INDICATORS)):
        for label in (one.label, one.sentence, one.unit, one.date_basis):
            assert label.ja
            assert label.en
        assert one.formula
        assert one.source
