"""From postal code to address, on Japan Post's data."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from app.institutions.postal import PostalAddress, lookup


@pytest.mark.parametrize("typed", ["1000001", "100-0001", "〒１００－０００１", "〒 100 0001"])
def test_the_palace_is_in_chiyoda_ward(typed: str) -> None:
    assert lookup(typed) == PostalAddress("東京都", "千代田区", "千代田", "13101")


@pytest.mark.parametrize("unknown", ["0000000", "9999999", "", "100", "日本橋", "\x001000001"])
def test_a_code_that_does_not_exist_has_no_address(unknown: str) -> None:
    assert lookup(unknown) is None


def test_a_large_office_has_a_code_of_its_own() -> None:
    found = lookup("100-8916")
    assert found is not None
    assert (found.city, found.municipality_code) == ("千代田区", "13101")
    assert found.town.startswith("霞が関")


def test_several_towns_leave_the_town_open_and_are_all_offered() -> None:
    found = lookup("066-0005")
    assert found is not None
    assert found.candidates == ()
    several = lookup("029-5503")
    assert several is not None
    assert (several.city, several.town) == ("和賀郡西和賀町", "")
    assert [one.town for one in several.candidates] == ["穴明", "清水ケ野", "間木野", "湯田"]


def test_a_code_of_two_prefectures_decides_nothing() -> None:
    found = lookup("498-0000")
    assert found is not None
    assert (found.prefecture, found.city, found.municipality_code) == ("", "", "")
    assert {one.municipality_code for one in found.candidates} == {"23235", "24303"}


def test_eight_threads_may_ask_at_once() -> None:
    with ThreadPoolExecutor(max_workers=8) as pool:
        found = list(pool.map(lookup, ["100-0001"] * 40))
    assert {one.municipality_code for one in found if one} == {"13101"}
    assert None not in found
