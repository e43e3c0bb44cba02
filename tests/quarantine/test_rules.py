"""What a row of a station's list has to say, and where somebody lives."""

from datetime import date

import pytest

from app.quarantine.residence import Gazetteer, Residence
from app.quarantine.rules import judge, key_of, places_of

TODAY = date(2021, 8, 21)
ROW = {
    "kana": "ｻﾄｳ ｶｴｺ",
    "birth_on": "S50.4.1",
    "arrived_on": "44428",
    "phone": "０９０-0000-0001",
}
PLACES = Gazetteer(
    {"東京都": "13", "大阪府": "27", "北海道": "01"},
    {
        "13": {"新宿区": "13104", "府中市": "13206", "西多摩郡瑞穂町": "13303", "瑞穂町": "13303"},
        "27": {"大阪市": "27100", "大阪市北区": "27127"},
        "01": {"府中市": "01999"},
    },
    {"13104": 1},
)


def test_a_row_is_read_as_people_write_it() -> None:
    values, problems = judge(
        {**ROW, "arrived_on": "R3.8.20", "sex": "女性"[:1]}, ordinal=7, today=TODAY
    )
    assert problems == {}
    assert (values["line"], values["kana"]) == (7, "サトウ カエコ")
    assert (values["birth_on"], values["sex"]) == (date(1975, 4, 1), "female")
    assert values["phone"] == "090-0000-0001"


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"kana": ""}, {"kana"}),
        ({"birth_on": "2021/2/31"}, {"birth_on"}),
        ({"birth_on": "2021/8/21"}, {"birth_on"}),
        ({"arrived_on": "2021/8/22"}, {"arrived_on"}),
        ({"arrived_on": "2021/6/1"}, {"arrived_on"}),
        ({"phone": ""}, {"phone"}),
        ({"phone": "", "email": "a@example.jp"}, set()),
        ({"phone": "12"}, {"phone"}),
        ({"email": "nobody"}, {"email"}),
        ({"sex": "？"}, {"sex"}),
        ({"airport_test": "(+)"}, set()),
        ({"airport_test": "まだ"}, {"airport_test"}),
        ({"line": "０"}, {"line"}),
        ({"flight": "x" * 41}, {"flight"}),
        ({"name": "a\x00b"}, {"name"}),
    ],
)
def test_a_row_is_refused_with_its_columns(changes: dict[str, str], wrong: set[str]) -> None:
    row = {**ROW, "arrived_on": "2021/8/20", **changes}
    assert set(judge(row, ordinal=1, today=TODAY)[1]) == wrong


def test_the_questionnaire_tells_people_of_a_list_apart_else_the_number() -> None:
    assert key_of({"questionnaire_id": "Q1", "line": 3}) == "q:Q1"
    assert key_of({"questionnaire_id": None, "line": 3}) == "n:3"


def test_headings_are_found_in_any_order_and_a_title_is_none() -> None:
    assert places_of(["入国者名簿"]) is None
    assert places_of(["到着日 ◎", "カナ", "生年月日", "TEL"]) == {
        "arrived_on": 0,
        "kana": 1,
        "birth_on": 2,
        "phone": 3,
    }


@pytest.mark.parametrize(
    ("written", "where"),
    [
        (("東京都", "新宿区", ""), ("13", "13104")),
        (("東京", "新宿区", ""), ("13", "13104")),
        (("", "", "東京都新宿区西新宿2-8-1"), ("13", "13104")),
        (("", "新宿区", "西新宿"), ("13", "13104")),
        (("大阪府", "大阪市北区", ""), ("27", "27127")),
        (("", "", "大阪府 大阪市 北区 梅田"), ("27", "27127")),
        (("東京都", "瑞穂町", ""), ("13", "13303")),
        (("東京都", "西多摩郡瑞穂町", ""), ("13", "13303")),
        # Two cities of one name: without the prefecture nobody can tell.
        (("", "府中市", ""), (None, None)),
        (("東京都", "府中市", ""), ("13", "13206")),
        (("東京都", "どこか", ""), ("13", None)),
        (("", "", "ホテル"), (None, None)),
    ],
)
def test_the_residence_is_told_from_what_was_written(
    written: tuple[str, str, str], where: tuple[str | None, str | None]
) -> None:
    assert PLACES.residence(*written) == Residence(*where)
