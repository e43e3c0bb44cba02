"""Periods and places that are hard to count: no day, ten years, leap days, week 53, moves."""

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask

from app.core.transaction import transaction
from app.institutions.models import Institution, InstitutionPlacement
from app.institutions.rules import EVER
from app.statistics.areas import Area
from app.statistics.derived import means_of_7, per_100k
from app.statistics.profile_queries import (
    delays_by_month,
    delays_by_week,
    delays_of_steps,
    people_by_age_and_sex,
    people_by_age_in_months,
)
from app.statistics.queries import Asked, new_by_day, rollup
from tests.statistics.conftest import add_case, as_system, centre, day
from tests.support import cast
from tests.support.clock import NOON

LEAP = date(2020, 2, 29)
NEW_YEAR = date(2021, 1, 3)
"""A Sunday: the last day of week 53 of 2020."""


def asked(first: date, last: date, **area: Any) -> Asked:
    return Asked("reported", first, last, Area(**area))


def test_a_mean_needs_seven_days_and_a_rate_a_population() -> None:
    assert means_of_7([]) == []
    assert means_of_7([7] * 6) == [None] * 6
    assert means_of_7([7] * 7 + [14])[-2:] == [7, 8]
    assert means_of_7([0, 0, 0, 0, 0, 0, -7])[-1] == -1
    assert per_100k(3, 0) is per_100k(3, None) is None


@pytest.mark.one_database
@pytest.mark.usefixtures("counting")
def test_leap_days_week_53_and_ten_years() -> None:
    for on in (LEAP, date(2020, 3, 1), NEW_YEAR, NEW_YEAR + timedelta(days=1)):
        add_case(reported_on=on, onset_on=on - timedelta(days=2), age_group="20s")
    assert new_by_day(asked(LEAP, LEAP)) == [1]
    assert new_by_day(asked(LEAP - timedelta(days=1), date(2020, 3, 1))) == [0, 1, 1]
    february = people_by_age_in_months(asked(date(2020, 2, 1), LEAP))
    assert [sum(ages.values()) for ages in february.values()] == [1]
    weeks = delays_by_week("onset_report", asked(date(2020, 12, 28), date(2021, 1, 10)))
    assert [(monday.isocalendar()[:2], found.n) for monday, found in weeks.items()] == [
        ((2020, 53), 1),
        ((2021, 1), 1),
    ]
    ten_years = asked(date(2012, 1, 2), date(2021, 12, 30))
    assert people_by_age_and_sex(ten_years).total == 4
    assert delays_of_steps(ten_years)["onset_report"].days == {2: 4}
    assert len(delays_by_month("onset_report", ten_years)) == 120
    assert sum(row.figures.new for row in rollup("prefecture", ten_years)) == 4
    # A period without a day has no days; nothing is counted and nothing breaks.
    nothing = asked(LEAP, LEAP - timedelta(days=1))
    assert new_by_day(nothing) == []
    assert people_by_age_and_sex(nothing).total == 0
    assert rollup("day", nothing) == ()


@pytest.mark.one_database
@pytest.mark.usefixtures("counting")
def test_a_case_moved_between_prefectures_takes_its_profile_and_leaves_nothing() -> None:
    case = add_case(age_group="20s", onset_on=day(1))
    with transaction():
        osaka = centre("osaka")
        case.prefecture_code = "27"
        case.responsible_centre_id, case.authority_id = osaka.id, osaka.authority_id
    for area, number in ((Area("13"), 0), (Area("27"), 1), (Area(centre_id=osaka.id), 1)):
        found = Asked("reported", day(1), day(31), area)
        assert people_by_age_and_sex(found).total == number
        assert delays_of_steps(found)["onset_report"].n == number


def _move_to_chiyoda(from_on: date) -> tuple[Institution, int, int]:
    """The centre of 新宿 goes below 千代田区; the cases it had keep their authority."""
    moved, other = centre("shinjuku"), centre("chiyoda")
    before, after = moved.authority_id, other.authority_id
    assert before is not None
    assert after is not None
    with transaction() as session:
        for parent, day_of in ((before, EVER), (after, from_on)):
            session.add(
                InstitutionPlacement(
                    institution_id=moved.id, parent_id=parent, from_on=day_of, applied_at=NOON
                )
            )
        moved.authority_id, moved.parent_id = after, after
    return moved, before, after


@pytest.mark.one_database
def test_a_centre_that_moved_keeps_its_figures_and_the_page_says_so(emptied: Flask) -> None:
    with as_system(emptied):
        add_case(reported_on=day(3), age_group="20s")
        moved, before, after = _move_to_chiyoda(day(6))
        add_case(reported_on=day(8), age_group="20s")
        whole = {"first": day(1), "last": day(20)}
        for area, new in ((Area(authority_id=before), 1), (Area(authority_id=after), 1)):
            found = Asked("reported", area=area, **whole)
            assert sum(row.figures.new for row in rollup("centre", found)) == new
            assert people_by_age_and_sex(found).total == new
            assert {row.key for row in rollup("centre", found) if row.figures.new} == {moved.id}
        both = Asked("reported", area=Area(centre_id=moved.id), **whole)
        assert people_by_age_and_sex(both).total == 2
        address = f"/statistics/?centre={moved.id}&to=2021-08-20&from=2021-08-"
    client = cast.sign_in(emptied.test_client(), "doi")
    assert _told_of(client.get(address + "01").text)
    # Before the period: nothing to explain.
    assert not _told_of(client.get(address + "06").text)


def _told_of(page: str) -> bool:
    return "2021/08/06から千代田区" in page or "Since 2021/08/06" in page
