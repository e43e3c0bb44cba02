"""Ten days of August 2021 that can be counted by hand."""

from datetime import date
from typing import Any

import pytest
from flask import Flask

from app.core.errors import NotVisible
from app.security.actor import acting_as
from app.statistics.areas import Area, own_area, within
from app.statistics.queries import (
    Asked,
    RollupRow,
    first_and_last_day,
    new_by_day,
    rollup,
    total_of,
)
from tests.statistics.conftest import add_case, add_stay, centre, day
from tests.support import cast

pytestmark = pytest.mark.usefixtures("counting")


@pytest.fixture
def ten_days(counting: Flask) -> None:
    """新宿: 3 cases (1 unlinked, 1 in intensive care, 1 died); 千代田: 1, at home; 大阪: 2."""
    add_case(reported_on=date(2021, 7, 30), onset_on=day(1))
    severe = add_case(reported_on=day(2), link_known="no")
    add_stay(severe, "hospital", 3, 6)
    add_stay(severe, "hospital", 6, icu="yes")
    died = add_case(reported_on=day(5), link_known="yes", died_on=day(9))
    add_stay(died, "hospital", 5)
    add_stay(add_case("chiyoda", reported_on=day(5)), "home", 5)
    add_case("osaka", reported_on=day(5), link_known="unknown", discharged_on=day(8))
    add_case("osaka", reported_on=day(11))


def asked(first: int = 1, last: int = 10, basis: str = "reported", **area: Any) -> Asked:
    return Asked(basis, day(first), day(last), Area(**area))


def named(rows: tuple[RollupRow, ...]) -> dict[str, RollupRow]:
    return {row.name: row for row in rows}


@pytest.mark.usefixtures("ten_days")
def test_the_country_by_prefecture() -> None:
    rows = rollup("prefecture", asked())
    assert len(rows) == 47
    tokyo, osaka = named(rows)["東京都"].figures, named(rows)["大阪府"].figures
    assert (tokyo.new, tokyo.cumulative, tokyo.unlinked) == (3, 4, 1)
    assert (osaka.new, osaka.cumulative, osaka.unlinked) == (1, 1, 1)
    assert tokyo.unlinked_share == pytest.approx(33.333, abs=0.001)
    assert tokyo.per_100k == pytest.approx(3 / 14_047_594 * 100_000)
    assert tokyo.stocks | {"x": 0} == {
        "in_hospital": 1,
        "severe": 1,
        "hotel": 0,
        "home": 1,
        "social_facility": 0,
        "waiting": 0,
        "x": 0,
    }
    assert (tokyo.died, tokyo.discharged, osaka.discharged) == (1, 0, 1)
    assert named(rows)["北海道"].figures.new == 0


@pytest.mark.usefixtures("ten_days")
def test_a_prefecture_by_authority_and_an_authority_by_health_centre() -> None:
    by_authority = named(rollup("authority", asked(prefecture_code="13")))
    assert {name: row.figures.new for name, row in by_authority.items() if row.figures.new} == {
        "新宿区": 2,
        "千代田区": 1,
    }
    assert by_authority["町田市"].figures.per_100k is None
    shinjuku = centre("shinjuku")
    assert [
        (row.name, row.figures.new, row.figures.stocks["severe"])
        for row in rollup("centre", asked(authority_id=shinjuku.authority_id))
    ] == [("新宿区保健所", 2, 1)]


@pytest.mark.usefixtures("ten_days")
def test_by_day_new_cases_are_of_the_day_and_stocks_run_on() -> None:
    rows = rollup("day", asked(first=2, last=9, prefecture_code="13"))
    assert [row.key for row in rows] == [day(number) for number in range(2, 10)]
    assert [row.figures.new for row in rows] == [1, 0, 0, 2, 0, 0, 0, 0]
    assert [row.figures.cumulative for row in rows] == [2, 2, 2, 4, 4, 4, 4, 4]
    assert [row.figures.stocks["in_hospital"] for row in rows] == [0, 1, 1, 2, 2, 2, 2, 1]
    assert [row.figures.stocks["severe"] for row in rows] == [0, 0, 0, 0, 1, 1, 1, 1]
    assert [row.figures.died for row in rows] == [0, 0, 0, 0, 0, 0, 0, 1]


@pytest.mark.usefixtures("ten_days")
def test_the_days_of_a_health_centre_start_from_what_was_there_before() -> None:
    rows = rollup("day", asked(first=7, last=7, centre_id=centre("shinjuku").id))
    assert [(r.figures.cumulative, r.figures.stocks["in_hospital"]) for r in rows] == [(3, 2)]


@pytest.mark.usefixtures("ten_days")
def test_another_date_is_another_series_and_says_whose_date_is_missing() -> None:
    rows = rollup("prefecture", asked(basis="onset", prefecture_code="13"))
    assert [(r.figures.new, r.figures.undated) for r in rows] == [(1, 3)]
    assert rows[0].figures.undated_total == 3


@pytest.mark.usefixtures("ten_days")
def test_the_curve_agrees_with_the_table() -> None:
    question = asked(first=1, last=11)
    assert new_by_day(question) == [0, 1, 0, 0, 3, 0, 0, 0, 0, 0, 1]
    assert total_of(rollup("prefecture", question)).new == 5
    assert total_of(rollup("authority", question)).new == 5
    assert total_of(rollup("centre", question)).new == 5


@pytest.mark.usefixtures("ten_days")
def test_the_first_and_the_last_day_with_a_case() -> None:
    assert first_and_last_day("reported", Area()) == (date(2021, 7, 30), day(11))
    assert first_and_last_day("reported", Area(prefecture_code="27")) == (day(5), day(11))
    assert first_and_last_day("published", Area()) is None


def test_cases_without_a_centre_have_a_line_of_their_own() -> None:
    add_case(None)
    rows = rollup("authority", asked(prefecture_code="13"))
    assert (rows[-1].key, rows[-1].figures.new) == (0, 1)


@pytest.mark.parametrize(
    ("who", "new"),
    [
        ("aoki", 2),
        ("baba", 2),
        ("chiba", 1),
        ("ito", 2),
        ("doi", 3),
        ("kato", 3),
        ("mori", 3),
        ("niida", 4),
        ("oka", 4),
    ],
)
@pytest.mark.usefixtures("ten_days")
def test_everybody_reads_the_figures_of_their_own_area(who: str, new: int) -> None:
    actor = cast.actor(who)
    with acting_as(actor):
        assert total_of(rollup("centre", asked(**_parts(own_area(actor))))).new == new
        # Asking for the whole country shows no more than that.
        assert total_of(rollup("centre", asked())).new == new


@pytest.mark.parametrize("who", ["endo", "fujii", "goto", "honda", "saito"])
@pytest.mark.usefixtures("ten_days")
def test_clinics_hotels_and_administrators_have_no_figures(who: str) -> None:
    actor = cast.actor(who)
    with acting_as(actor):
        assert total_of(rollup("centre", asked())).new == 0
        assert total_of(rollup("prefecture", asked())).new == 0


def test_an_area_outside_ones_own_does_not_exist() -> None:
    with pytest.raises(NotVisible):
        within(own_area(cast.actor("doi")), Area(prefecture_code="27"))
    with pytest.raises(NotVisible):
        own_area(cast.actor("goto"))
    own = own_area(cast.actor("doi"))
    assert within(own, Area(authority_id=7)) == Area(prefecture_code="13", authority_id=7)


def _parts(area: Area) -> dict[str, Any]:
    return {
        "prefecture_code": area.prefecture_code,
        "authority_id": area.authority_id,
        "centre_id": area.centre_id,
    }
