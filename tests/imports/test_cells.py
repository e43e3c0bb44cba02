"""What a cell means, and what it does not."""

from datetime import date

import pytest

from app.imports.opendata import cells
from app.imports.opendata.cells import Unclear
from app.imports.opendata.places import names_of_municipalities, publisher_code

TODAY = date(2021, 8, 20)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("", None),
        ("10歳未満", "under_10"),
        ("30代", "30s"),
        ("90歳以上", "90_or_over"),
        ("90代", "90_or_over"),
        ("100歳以上", "90_or_over"),
        ("不明", "unknown"),
        ("-", "unknown"),
    ],
)
def test_an_age_group_is_a_code_of_the_standard_or_surely_inside_one(
    written: str, code: str | None
) -> None:
    assert cells.age_group(written) == code


@pytest.mark.parametrize("written", ["60", "６０", "高齢者", "30代女性", "3O代"])
def test_an_unclear_age_group_is_never_guessed(written: str) -> None:
    with pytest.raises(Unclear, match="not a code"):
        cells.age_group(written)


@pytest.mark.parametrize(
    ("written", "code"), [("男性", "male"), ("女性", "female"), ("調査中", "unknown"), ("", None)]
)
def test_the_sex_of_publishers_is_ours(written: str, code: str | None) -> None:
    assert cells.sex(written) == code


@pytest.mark.parametrize(
    ("written", "code"), [("1", "yes"), ("0", "no"), ("", None), ("不明", "unknown")]
)
def test_a_flag_is_yes_no_unknown_or_nothing(written: str, code: str | None) -> None:
    assert cells.flag(written) == code


def test_another_flag_is_unclear() -> None:
    with pytest.raises(Unclear, match="neither 1 nor 0"):
        cells.flag("2")


@pytest.mark.parametrize("written", ["2021-08-02", "2021/8/2", "2021年8月2日", "令和3年8月2日"])
def test_a_day_is_read_in_every_usual_form(written: str) -> None:
    assert cells.day(written, today=TODAY) == date(2021, 8, 2)


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("2021-02-30", "not a date"),
        ("44410", "not a date"),
        ("2021-08-21", "future"),
        ("2002-08-02", "before the first case"),
    ],
)
def test_an_impossible_day_is_unclear(written: str, reason: str) -> None:
    with pytest.raises(Unclear, match=reason):
        cells.day(written, today=TODAY)


def test_symptoms_become_codes_and_other_words_stay_words() -> None:
    assert cells.symptoms("咳;発熱") == (("fever", "cough"), None)
    assert cells.symptoms("発熱;鼻水") == (("fever", "other"), "鼻水")
    assert cells.symptoms("") == (None, None)


@pytest.mark.parametrize(
    ("written", "prefecture", "code"),
    [
        ("130001", "13", "130001"),
        ("10006", "01", "010006"),
        ("130002", "13", None),
        ("270008", "13", None),
        ("1", "01", None),
        ("abcdef", "13", None),
    ],
)
def test_the_code_of_a_publisher_has_its_check_digit_and_its_prefecture(
    written: str, prefecture: str, code: str | None
) -> None:
    assert publisher_code(written, prefecture) == code


def test_a_town_is_found_without_its_county_only_where_one_town_has_the_name() -> None:
    found = names_of_municipalities(
        [("13303", "西多摩郡瑞穂町"), ("01230", "甲郡泊村"), ("01403", "乙郡泊村")]
    )
    assert found["13", "瑞穂町"] == "13303"
    assert found["01", "甲郡泊村"] == "01230"
    assert ("01", "泊村") not in found
