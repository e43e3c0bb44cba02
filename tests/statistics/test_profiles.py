"""Who new cases are and how long their papers took: rules by table, sums counted by hand."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import event

from app.core.db import db
from app.core.transaction import transaction
from app.institutions.queries import institution_by_code
from app.security.actor import acting_as, system_actor
from app.statistics.areas import Area
from app.statistics.checking import check
from app.statistics.delays import Delays, delays_of
from app.statistics.profile_queries import (
    delays_by_kind,
    delays_by_month,
    delays_by_place,
    delays_by_week,
    delays_of_steps,
    people_by_age_and_sex,
    people_by_age_in_months,
    people_by_municipality,
    people_by_severity,
)
from app.statistics.profile_reading import pieces_of
from app.statistics.profiles import (
    BACKWARDS,
    LONGER,
    delay_of,
    packed_profile,
    profile,
    stored_days,
    unpacked_profile,
    worst_of,
)
from app.statistics.queries import Asked
from app.statistics.rules import CaseFacts, StayFacts
from app.statistics.service import rebuild
from tests.statistics.conftest import add_case, add_stay, day
from tests.support import cast

PLACE = (93, "13", 10, 20)


def given(**facts: Any) -> dict[tuple[str, date], str]:
    cells = profile(CaseFacts(place=PLACE, counted=True, **facts))
    assert all(cell[:4] == PLACE and n == 1 for cell, n in cells.items())
    return {(cell[4], cell[5]): cell[6] for cell in cells}


def test_a_case_answers_each_dimension_once_on_the_day_it_is_counted_by() -> None:
    dates = {"onset": day(2), "diagnosed": day(5), "reported": day(6)}
    facts: dict[str, Any] = {"age_group": "20s", "sex": "female", "severity": "mild"}
    facts["municipality"] = "13104"
    assert given(dates=dates, **facts, entered_on=day(6), accepted_on=day(8)) == {
        ("age_sex_onset", day(2)): "20s:female",
        ("age_sex_diagnosed", day(5)): "20s:female",
        ("age_sex_reported", day(6)): "20s:female",
        ("severity_onset", day(2)): "mild",
        ("severity_diagnosed", day(5)): "mild",
        ("severity_reported", day(6)): "mild",
        ("municipality_onset", day(2)): "13104",
        ("municipality_diagnosed", day(5)): "13104",
        ("municipality_reported", day(6)): "13104",
        ("delay_diagnosis", day(6)): "3",
        ("delay_report", day(6)): "1",
        ("delay_entry", day(6)): "0",
        ("delay_acceptance", day(6)): "2",
        ("delay_onset_report", day(6)): "4",
    }
    published = {"onset": day(2), "published": day(9)}
    assert given(dates=published)["delay_publication", day(9)] == "7"
    assert given(dates=published)["municipality_published", day(9)] == "unknown"
    found = given(dates=published, reporter="clinic")["delay_publication", day(9)]
    assert (found, delay_of(found), delay_of("7")) == ("clinic:7", ("clinic", 7), ("", 7))
    assert profile(CaseFacts(place=PLACE, counted=False, dates=dates)) == {}
    assert given() == {}


def test_what_is_stored_beside_a_case_is_read_back() -> None:
    cells = profile(CaseFacts(place=PLACE, counted=True, dates={"onset": day(2)}, age_years=93))
    assert unpacked_profile({"at": list(PLACE), "n": [], "p": packed_profile(cells)}) == cells
    # Counted before there were profiles: nothing was given yet.
    assert unpacked_profile({"at": list(PLACE), "n": []}) == unpacked_profile(None) == {}


@pytest.mark.parametrize(
    ("age", "expected"), [(0, "under_10"), (9, "under_10"), (10, "10s"), (90, "90_or_over")]
)
def test_an_age_in_years_is_counted_in_its_group(age: int, expected: str) -> None:
    found = given(dates={"reported": day(5)}, age_years=age)
    assert found["age_sex_reported", day(5)] == f"{expected}:unknown"


@pytest.mark.parametrize(
    ("severity", "severe", "died", "expected"),
    [
        (None, False, False, "unknown"),
        ("mild", False, False, "mild"),
        ("mild", True, False, "severe"),
        ("asymptomatic", True, True, "died"),
    ],
)
def test_the_worst_of_a_course(
    severity: str | None, severe: bool, died: bool, expected: str
) -> None:
    assert worst_of(severity, severe=severe, died=died) == expected
    stays = (StayFacts("hospital", day(3), ecmo="yes"),) if severe else ()
    facts = CaseFacts(place=PLACE, counted=True, stays=stays, severity=severity)
    assert died or facts.worst == expected


@pytest.mark.parametrize(
    ("days", "stored"), [(-9, BACKWARDS), (0, 0), (60, 60), (61, LONGER), (400, LONGER)]
)
def test_days_are_told_apart_up_to_two_months(days: int, stored: int) -> None:
    assert stored_days(days) == stored


@pytest.mark.parametrize(
    ("stored", "median", "p80"),
    [
        ({}, None, None),
        ({3: 1}, 3, 3),
        ({0: 1, 1: 1}, 0, 1),
        ({0: 2, 1: 2, 5: 1}, 1, 1),
        ({1: 5, 2: 3, 9: 2}, 1, 2),
        ({4: 1, LONGER: 3}, LONGER, LONGER),
        ({BACKWARDS: 9, 2: 1}, 2, 2),
        ({1: 0, 2: 1}, 2, 2),
    ],
)
def test_the_median_and_the_80th_percentile(
    stored: dict[int, int], median: int | None, p80: int | None
) -> None:
    found = delays_of(stored)
    assert (found.median, found.p80) == (median, p80)
    assert found.backwards == stored.get(BACKWARDS, 0)
    assert sum(n for _first, _last, n in found.histogram) == found.n


def test_a_share_within_days_and_bars_of_a_histogram() -> None:
    found = delays_of({1: 5, 9: 3, LONGER: 2})
    assert (found.share_within(1), found.share_within(10)) == (50, 80)
    assert Delays().share_within(3) is None
    assert [bar for bar in found.histogram if bar[2]] == [(1, 1, 5), (8, 10, 3), (LONGER, None, 2)]


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ("2021-08-05", "2021-08-19", "+2021-08-05..2021-08-19"),
        ("2021-08-05", "2021-08-20", "+2021-08 -2021-08-01..2021-08-04 -2021-08-21..2021-08-31"),
        ("2021-08-01", "2021-08-31", "+2021-08"),
        (
            "2021-07-31",
            "2021-09-01",
            "+2021-07-31..2021-07-31 +2021-08 +2021-09-01..2021-09-01",
        ),
        ("2020-02-01", "2020-02-29", "+2020-02"),
        ("2021-02-01", "2021-02-28", "+2021-02"),
        ("2020-02-29", "2020-02-29", "+2020-02-29..2020-02-29"),
        (
            "2020-12-15",
            "2021-02-27",
            "+2020-12 -2020-12-01..2020-12-14 +2021-01 +2021-02 -2021-02-28..2021-02-28",
        ),
        ("2020-12-16", "2021-02-28", "+2020-12 -2020-12-01..2020-12-15 +2021-01..2021-02"),
        ("2020-12-17", "2021-01-31", "+2020-12-17..2020-12-31 +2021-01"),
    ],
)
def test_a_period_is_whole_months_and_the_fewest_days_added_or_taken_off(
    first: str, last: str, expected: str
) -> None:
    found = []
    for piece in pieces_of(date.fromisoformat(first), date.fromisoformat(last)):
        ends = [str(day)[: 7 if piece.whole else 10] for day in piece[:2]]
        words = ends[0] if piece.whole and ends[0] == ends[1] else "..".join(ends)
        found.append(f"{'+' if piece.sign > 0 else '-'}{words}")
    assert " ".join(found) == expected


@contextmanager
def at_most(number: int) -> Iterator[None]:
    """So many statements."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    assert 0 < len(sent) <= number, sent


def _some_cases() -> None:
    """新宿: 30代女 reported on 5 August and 80代男 on 31 July, who died; 大阪: one of 20代."""
    first = add_case(
        age_years=34, sex="female", onset_on=day(1), diagnosed_on=day(3), severity="mild"
    )
    add_stay(first, "hospital", 6, icu="yes")
    july = date(2021, 7, 31)
    add_case(age_group="80s", sex="male", reported_on=july, onset_on=july, died_on=day(3))
    add_case(
        "osaka", age_group="20s", onset_on=day(5), accepted_at=datetime(2021, 8, 9, tzinfo=UTC)
    )


def asked(first: date, last: date, **area: Any) -> Asked:
    return Asked("reported", first, last, Area(**area))


@pytest.mark.usefixtures("counting")
def test_people_and_delays_of_a_period() -> None:
    _some_cases()
    whole = asked(date(2021, 7, 20), day(20))
    with at_most(1):
        people = people_by_age_and_sex(whole)
    assert (people.total, people.of("30s", "female"), people.by_age["80s"]) == (3, 1, 1)
    assert people.by_sex == {"male": 1, "female": 1, "other": 0, "unknown": 1}
    assert people_by_age_and_sex(asked(day(1), day(31))).total == 2
    months = people_by_age_in_months(whole)
    assert [(month.month, sum(ages.values())) for month, ages in months.items()] == [(7, 1), (8, 2)]
    with at_most(1):
        worst = people_by_severity(whole)
    assert {word: n for word, n in worst.items() if n} == {"died": 1, "severe": 1, "unknown": 1}
    with at_most(1):
        steps = delays_of_steps(whole)
    assert (steps["diagnosis"].days, steps["report"].days) == ({2: 1}, {2: 1})
    assert steps["onset_report"].days == {0: 2, 4: 1}
    assert steps["onset_report"].median == 0
    by_place = {one.name: one.delays for one in delays_by_place("onset_report", "centre", whole)}
    assert by_place["新宿区保健所"].days == {4: 1, 0: 1}
    assert [one.delays.n for one in delays_by_place("onset_report", "prefecture", whole)].count(
        0
    ) == 45
    by_month = delays_by_month("onset_report", whole)
    assert [delays.days for delays in by_month.values()] == [{0: 1}, {0: 1, 4: 1}]
    weeks = delays_by_week("onset_report", whole)
    assert {week: delays.n for week, delays in weeks.items() if delays.n} == {
        date(2021, 7, 26): 1,
        day(2): 2,
    }


@pytest.mark.one_database
@pytest.mark.usefixtures("counting")
def test_everybody_is_given_the_people_of_the_own_area_alone() -> None:
    _some_cases()
    whole = asked(date(2021, 7, 20), day(31))
    ours, city = cast.actor("aoki").institution_id, cast.actor("ito").authority_id
    places = (Area(), Area("13"), Area(authority_id=city), Area(centre_id=ours))
    seen = {
        "aoki": [0, 0, 2, 2],
        "chiba": [0, 0, 0, 0],
        "ito": [0, 0, 2, 2],
        "doi": [2, 2, 2, 2],
        "zaizen": [0, 0, 0, 0],
        "oka": [3, 2, 2, 2],
        "endo": [0, 0, 0, 0],
    }
    for who, numbers in seen.items():
        with acting_as(cast.actor(who)):
            questions = [Asked("reported", whole.first, whole.last, area) for area in places]
            assert [people_by_age_and_sex(one).total for one in questions] == numbers, who
            assert delays_of_steps(questions[-1])["onset_report"].n == numbers[-1], who


@pytest.mark.one_database
@pytest.mark.usefixtures("counting")
def test_a_correction_a_move_and_a_withdrawal_take_back_what_was_counted() -> None:
    case = add_case(age_group="20s", onset_on=day(1))
    whole = asked(day(1), day(31))
    with transaction():
        case.age_group, case.sex, case.severe_on = "30s", "female", day(9)
    assert dict(people_by_age_and_sex(whole).people) == {("30s", "female"): 1}
    assert people_by_severity(whole)["severe"] == 1
    with transaction():
        case.prefecture_code = "27"
    assert people_by_age_and_sex(asked(day(1), day(31), prefecture_code="13")).total == 0
    assert people_by_age_and_sex(asked(day(1), day(31), prefecture_code="27")).total == 1
    with transaction():
        case.notification_state = "withdrawn"
    assert people_by_age_and_sex(whole).total == 0
    with transaction() as session:
        session.delete(case)
    rebuild(by=system_actor("tests"))
    assert people_by_age_and_sex(whole).total == 0


@pytest.mark.one_database
@pytest.mark.usefixtures("counting")
def test_people_are_counted_where_they_live_and_papers_by_who_sent_them() -> None:
    clinic = institution_by_code("clinic-shinjuku")
    assert clinic is not None
    case = add_case(municipality_code="13104", onset_on=day(1), reporting_institution_id=clinic.id)
    add_case(municipality_code="13101", onset_on=day(4))
    add_case("osaka", municipality_code="13104")
    add_case()
    whole, tokyo = asked(day(1), day(31)), asked(day(2), day(30), prefecture_code="13")
    assert people_by_municipality(whole, tokyo) == [
        {"13104": 2, "13101": 1, "unknown": 1},
        {"13104": 1, "13101": 1, "unknown": 1},
    ]
    kinds = {kind: found.days for kind, found in delays_by_kind("onset_report", whole).items()}
    assert kinds == {"clinic": {4: 1}, "unknown": {1: 1}}
    with transaction():
        case.municipality_code = "13101"
    assert people_by_municipality(tokyo) == [{"13101": 2, "unknown": 1}]
    with transaction():
        case.prefecture_code = "27"
    assert people_by_municipality(tokyo) == [{"13101": 1, "unknown": 1}]
    assert check().agree
