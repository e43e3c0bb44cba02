"""Age, number and status of a case, by small cases worked out by hand."""

from dataclasses import dataclass
from datetime import date

import pytest

from app.cases.codes import AGE_GROUP, CASE_STATUS
from app.cases.models import Case
from app.cases.rules import (
    Course,
    age_at,
    age_group_of,
    case_number,
    contradictions,
    derive_status,
)


@pytest.mark.parametrize(
    ("birth_on", "on", "age"),
    [
        (date(1980, 5, 10), date(2020, 5, 9), (39, 0)),
        (date(1980, 5, 10), date(2020, 5, 10), (40, 0)),
        (date(2020, 1, 31), date(2020, 2, 29), (0, 0)),
        (date(2020, 1, 31), date(2020, 3, 31), (0, 2)),
        (date(2019, 6, 1), date(2020, 5, 31), (0, 11)),
        (date(2020, 2, 29), date(2021, 2, 28), (0, 11)),
        (date(2020, 2, 29), date(2021, 3, 1), (1, 0)),
        (date(2020, 5, 1), date(2020, 5, 1), (0, 0)),
    ],
)
def test_age_counts_completed_years_and_months(
    birth_on: date, on: date, age: tuple[int, int]
) -> None:
    assert age_at(birth_on, on) == age


def test_nobody_has_an_age_before_birth() -> None:
    with pytest.raises(ValueError, match="before the birth"):
        age_at(date(2020, 5, 2), date(2020, 5, 1))


@pytest.mark.parametrize(
    ("years", "group"),
    [
        (0, "under_10"),
        (9, "under_10"),
        (10, "10s"),
        (89, "80s"),
        (90, "90_or_over"),
        (104, "90_or_over"),
        (None, "unknown"),
    ],
)
def test_age_groups_are_those_of_the_open_data_standard(years: int | None, group: str) -> None:
    assert age_group_of(years) == group
    assert group in AGE_GROUP


def test_a_case_number_is_seven_digits_and_a_check_digit() -> None:
    # 0000001: the 1 is doubled, 2; 10 - 2 = 8.
    assert case_number(1) == "00000018"
    # 1234567: 7→14→5, 6, 5→10→1, 4, 3→6, 2, 1→2: 26; 30 - 26 = 4.
    assert case_number(1234567) == "12345674"


@pytest.mark.parametrize("key", [0, -1, 10_000_000])
def test_a_key_beyond_seven_digits_has_no_number(key: int) -> None:
    with pytest.raises(ValueError, match="case numbers"):
        case_number(key)


@dataclass
class S:
    """A stay of a table row."""

    place: str
    from_on: date
    to_on: date | None = None
    icu: str | None = None
    ventilator: str | None = None
    ecmo: str | None = None


D1, D2, D3, D4 = (date(2020, 8, day) for day in (1, 2, 3, 4))


@pytest.mark.parametrize(
    ("course", "stays", "status"),
    [
        (Course(), [], "under_investigation"),
        (Course(diagnosis_type="suspected"), [], "suspected"),
        (Course(notification_state="submitted"), [], "awaiting_acceptance"),
        (Course(notification_state="returned"), [], "awaiting_acceptance"),
        (Course(notification_state="accepted"), [], "under_investigation"),
        (Course(notification_state="accepted", waiting_since_on=D2), [], "waiting"),
        (Course(waiting_since_on=D4), [], "under_investigation"),
        (Course(notification_state="submitted"), [S("hospital", D1)], "hospitalised"),
        (Course(), [S("hospital", D1, icu="no", ventilator="unknown")], "hospitalised"),
        (Course(), [S("hospital", D1, icu="yes")], "hospitalised_severe"),
        (Course(), [S("hospital", D1, ventilator="yes")], "hospitalised_severe"),
        (Course(), [S("hospital", D1, ecmo="yes")], "hospitalised_severe"),
        (Course(), [S("hotel", D1)], "hotel"),
        (Course(), [S("home", D1)], "home"),
        (Course(), [S("waiting", D1)], "waiting"),
        (Course(), [S("social_facility", D1)], "social_facility"),
        # On the day of moving, the new place counts, in whatever order the stays come.
        (Course(), [S("hotel", D3), S("hospital", D1, D3)], "hotel"),
        (Course(), [S("hospital", D1, D3)], "under_investigation"),
        (Course(), [S("hospital", D1, D4)], "hospitalised"),
        (Course(), [S("hotel", D4)], "under_investigation"),
        (Course(discharged_on=D3), [S("hospital", D1)], "discharged"),
        (Course(discharged_on=D4), [S("hospital", D1)], "hospitalised"),
        (Course(outcome="recovered"), [], "discharged"),
        (Course(outcome="died"), [S("hospital", D1)], "died"),
        (Course(died_on=D3, discharged_on=D2), [], "died"),
        (Course(outcome="transferred"), [S("hospital", D1)], "hospitalised"),
        (Course(notification_state="withdrawn", outcome="died"), [], "withdrawn"),
    ],
)
def test_the_status_follows_from_the_records(course: Course, stays: list[S], status: str) -> None:
    assert derive_status(course, stays, D3) == status


def test_every_status_has_a_colour() -> None:
    assert set(CASE_STATUS.tones) == set(CASE_STATUS.values)


@pytest.mark.parametrize(
    ("values", "items"),
    [
        ({}, []),
        ({"onset_on": D1, "diagnosed_on": D1, "reported_on": D1}, []),
        ({"onset_on": D2, "diagnosed_on": D1}, ["onset_on"]),
        ({"infected_on": D3, "onset_on": D2}, ["infected_on"]),
        ({"onset_on": D1, "diagnosis_type": "asymptomatic_carrier"}, ["onset_on"]),
        ({"age_years": 1, "age_months": 3}, ["age_months"]),
        ({"age_years": 0, "age_months": 3}, []),
        ({"died_on": D1, "outcome": "recovered"}, ["died_on"]),
        ({"died_on": D1}, []),
        ({"discharged_on": D1, "outcome": "died"}, ["discharged_on"]),
        ({"travel_from_on": D2, "travel_to_on": D1}, ["travel_from_on"]),
        ({"sex": "male", "pregnant": "yes"}, ["pregnant"]),
    ],
)
def test_a_case_that_contradicts_itself_is_told_at_the_item(
    values: dict[str, object], items: list[str]
) -> None:
    assert list(contradictions(Case(**values))) == items
