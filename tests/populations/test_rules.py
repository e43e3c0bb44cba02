"""What files of populations say, and who is added up for whom: by table."""

from datetime import date

import pytest

from app.institutions.population_rules import (
    CENSUS_ON,
    Peopled,
    Town,
    rest_of_prefecture,
    summed,
    with_cities,
)
from app.populations.rules import Line, code_of, judged, number_of


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("13104", "13104"),
        ("131041", "13104"),
        ("1202", "01202"),
        ("13104.0", "13104"),
        ("", None),
        ("新宿区", None),
        ("1310411", None),
    ],
)
def test_a_code_is_read_with_a_check_digit_and_without_its_zero(
    text: str, code: str | None
) -> None:
    assert code_of(text) == code


@pytest.mark.parametrize(
    ("text", "people"),
    [("349,385", 349_385), ("0", 0), ("12人", 12), ("-1", None), ("1.5", None), ("99999999", None)],
)
def test_people_are_a_whole_number(text: str, people: int | None) -> None:
    assert number_of(text) == people


def test_each_row_is_judged_and_rows_without_a_number_say_nothing() -> None:
    lines = [
        Line(2, "13104", "300"),
        Line(3, "131016", ""),
        Line(4, "27100", "5"),
        Line(5, "99999", "5"),
        Line(6, "13104", "301"),
        Line(7, "13101", "x"),
    ]
    found = judged(lines, ["13101", "13104"], ["13101", "13104", "27100"])
    assert dict(found.people) == {"13104": 300}
    assert [row for row, _problem in found.problems] == [4, 5, 6, 7]


TOWNS = (
    Town("14100", "横浜市", "designated_city"),
    Town("14101", "横浜市鶴見区", "ward", 10, CENSUS_ON),
    Town("14102", "横浜市神奈川区", "ward", 20, CENSUS_ON),
    Town("14201", "横須賀市", "city", 7, CENSUS_ON),
    Town("14204", "鎌倉市", "city"),
    Town("14205", "藤沢市", "city", 0, date(2021, 1, 1)),
)


def test_a_designated_city_is_the_sum_of_its_wards() -> None:
    found = with_cities(TOWNS)
    assert (found["14100"].population, found["14100"].counted_on) == (30, CENSUS_ON)
    one_missing = with_cities((TOWNS[0], TOWNS[1], Town("14102", "横浜市神奈川区", "ward")))
    assert one_missing["14100"].population is None


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        (("14101", "14102"), Peopled(30)),
        (("14201", "14205"), Peopled(7)),
        (("14201", "14204"), Peopled(None, ("鎌倉市",))),
        ((), Peopled(None)),
    ],
)
def test_a_sum_is_said_only_where_every_part_is_known(
    codes: tuple[str, ...], expected: Peopled
) -> None:
    assert summed(codes, with_cities(TOWNS)) == expected


def test_a_prefecture_without_its_cities_is_summed_or_taken_from_the_census() -> None:
    towns = with_cities(TOWNS)
    # 鎌倉 is missing, but the prefecture and both cities are of the same census.
    assert rest_of_prefecture(100, ("14100", "14201"), towns) == Peopled(63)
    # 藤沢 is of another day: nothing may be subtracted.
    assert rest_of_prefecture(100, ("14100", "14205"), towns).missing == ("鎌倉市",)
    assert rest_of_prefecture(None, ("14100", "14201"), towns).population is None
    # Numbers that cannot be: more in the cities than in the whole prefecture.
    assert rest_of_prefecture(20, ("14100", "14201"), towns).population is None
    known = dict(towns) | {"14204": Town("14204", "鎌倉市", "city", 3)}
    assert rest_of_prefecture(100, ("14100", "14205"), known) == Peopled(10)
