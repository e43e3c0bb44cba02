from collections import Counter
from datetime import date

import pytest

from app.statistics.rules import (
    UNDATED_ON,
    CaseFacts,
    StayFacts,
    contributions,
    difference,
    packed,
    rolled_up,
    unpacked,
)

PLACE = (93, "13", 10, 20)


def day(number: int) -> date:
    return date(2021, 8, number)


def given(**facts: object) -> dict[tuple[str, date], int]:
    cells = contributions(CaseFacts(place=PLACE, counted=True, **facts))  # type: ignore[arg-type]
    assert all(cell[:4] == PLACE for cell in cells)
    return {(cell[4], cell[5]): number for cell, number in cells.items()}


def stocks(*stays: StayFacts, **facts: object) -> dict[tuple[str, date], int]:
    cells = given(stays=stays, **facts)
    flows = ("new", "undated", "unlinked", "died", "discharged")
    return {cell: n for cell, n in cells.items() if not cell[0].startswith(flows)}


def test_a_case_that_is_not_counted_gives_nothing() -> None:
    facts = CaseFacts(place=PLACE, counted=False, dates={"reported": day(5)}, died_on=day(9))
    assert contributions(facts) == Counter()


def test_each_date_counts_in_its_own_series_and_a_missing_one_where_the_case_belongs() -> None:
    assert given(dates={"reported": day(5), "onset": day(2)}, unlinked=True) == {
        ("new_reported", day(5)): 1,
        ("unlinked_reported", day(5)): 1,
        ("new_onset", day(2)): 1,
        ("unlinked_onset", day(2)): 1,
        ("undated_diagnosed", day(5)): 1,
        ("undated_published", day(5)): 1,
    }


def test_a_case_without_any_date_is_in_no_period() -> None:
    assert {on for _measure, on in given()} == {UNDATED_ON}


def test_the_day_of_leaving_is_not_counted() -> None:
    assert stocks(StayFacts("hospital", day(3), day(6))) == {
        ("in_hospital", day(3)): 1,
        ("in_hospital", day(6)): -1,
    }


def test_a_severe_patient_is_in_hospital_as_well() -> None:
    assert stocks(StayFacts("hospital", day(3), ventilator="yes")) == {
        ("in_hospital", day(3)): 1,
        ("severe", day(3)): 1,
    }


def test_moving_from_the_ward_to_intensive_care_leaves_the_hospital_count_alone() -> None:
    stays = (StayFacts("hospital", day(3), day(6)), StayFacts("hospital", day(6), icu="yes"))
    assert stocks(*stays) == {("in_hospital", day(3)): 1, ("severe", day(6)): 1}


def test_of_overlapping_stays_the_later_one_counts() -> None:
    assert stocks(StayFacts("home", day(2)), StayFacts("hotel", day(4))) == {
        ("home", day(2)): 1,
        ("home", day(4)): -1,
        ("hotel", day(4)): 1,
    }


def test_waiting_ends_with_the_first_stay() -> None:
    assert stocks(StayFacts("hospital", day(7)), waiting_since_on=day(4)) == {
        ("waiting", day(4)): 1,
        ("waiting", day(7)): -1,
        ("in_hospital", day(7)): 1,
    }


def test_a_death_ends_the_open_stay() -> None:
    assert given(stays=(StayFacts("hospital", day(3)),), died_on=day(8))[("died", day(8))] == 1
    assert stocks(StayFacts("hospital", day(3)), died_on=day(8)) == {
        ("in_hospital", day(3)): 1,
        ("in_hospital", day(8)): -1,
    }


def test_an_outcome_without_its_day_counts_in_totals_and_leaves_nobody_in_a_bed() -> None:
    assert given(outcome="recovered")[("discharged", UNDATED_ON)] == 1
    assert stocks(StayFacts("home", day(3)), outcome="recovered") == {}
    assert stocks(StayFacts("home", day(3), day(5)), outcome="died") == {
        ("home", day(3)): 1,
        ("home", day(5)): -1,
    }


def test_whoever_died_is_not_counted_as_discharged() -> None:
    cells = given(discharged_on=day(8), died_on=day(9))
    assert ("died", day(9)) in cells
    assert not any(measure == "discharged" for measure, _on in cells)


def test_a_contribution_survives_storage() -> None:
    cells = contributions(CaseFacts(place=PLACE, counted=True, dates={"reported": day(5)}))
    assert unpacked(packed(cells, {})) == cells
    assert unpacked(packed({}, {})) == unpacked(None) == {}


@pytest.mark.parametrize(
    ("now", "before", "expected"),
    [({"a": 1}, {}, {"a": 1}), ({}, {"a": 1}, {"a": -1}), ({"a": 1}, {"a": 1}, {})],
)
def test_the_difference_turns_before_into_now(
    now: dict[str, int], before: dict[str, int], expected: dict[str, int]
) -> None:
    assert difference(now, before) == expected  # type: ignore[arg-type]


def test_every_number_stands_in_four_grains() -> None:
    rows = rolled_up({(93, "13", 10, 20, "died", day(8)): 2})
    assert dict(rows) == {
        (93, "centre_day", "13", "died", day(8), 10, 20): 2,
        (93, "centre_month", "13", "died", day(1), 10, 20): 2,
        (93, "prefecture_day", "13", "died", day(8), 0, 0): 2,
        (93, "prefecture_month", "13", "died", day(1), 0, 0): 2,
    }
