"""Cells become values however they were written; what cannot be read says why."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cases.codes import AGE_GROUP, OCCUPATION, OUTCOME, SEVERITY, SEX, SYMPTOM, TEST_RESULT
from app.core.dates import ERAS
from app.core.labels import YES_NO_UNKNOWN
from app.tables import values as read
from app.tables.cells import FaultyCell
from app.tables.values import BadCell

DAY = date(2021, 8, 20)
SERIAL = Decimal(44428)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (DAY, DAY),
        (datetime(2021, 8, 20, 9, 5), DAY),  # noqa: DTZ001
        (SERIAL, DAY),
        ("44428", DAY),
        (Decimal("44428.5"), DAY),
        (Decimal(20210820), DAY),
        ("2021/8/20", DAY),
        ("２０２１／８／２０", DAY),
        ("2021-08-20 00:00:00", DAY),
        ("2021.8.20", DAY),
        ("20210820", DAY),
        ("令和3年8月20日", DAY),
        ("R3.8.20", DAY),
        ("ｒ３．８．２０", DAY),
        ("2021年8月20日(金)", DAY),
        ("2021/8/20（金曜日）", DAY),
        ("S60.4.3", date(1985, 4, 3)),
        ("令和元年5月1日", date(2019, 5, 1)),
        ("不明", None),
        ("－", None),
        ("  ", None),
        (None, None),
    ],
)
def test_days_in_every_form(cell: Any, expected: date | None) -> None:
    assert read.to_date(cell) == expected


@pytest.mark.parametrize(
    ("cell", "kind", "part"),
    [
        ("2021/2/31", "no_such_day", "存在しない日付"),
        ("平成32年8月20日", "era", "平成は平成31年4月30日まで"),
        ("H32", "date", "読み取れません"),
        ("8月20日", "no_year", "年が"),
        ("8/20", "no_year", "年が"),
        ("21/8/20", "no_year", "年が"),
        ("3021/8/20", "range", "2100年"),
        (datetime(1850, 1, 1), "range", "1873年"),  # noqa: DTZ001
        ("きのう", "date", "読み取れません"),
        (Decimal(3), "date", "読み取れません"),
        ("36.6", "date", "読み取れません"),
        (FaultyCell("#N/A"), "error", "#N/A"),
        (FaultyCell("#FORMULA?"), "error", "計算式の結果"),
    ],
)
def test_what_is_no_day_says_why(cell: Any, kind: str, part: str) -> None:
    with pytest.raises(BadCell) as bad:
        read.to_date(cell)
    assert bad.value.kind == kind
    assert part in bad.value.label.ja
    assert bad.value.label.en


@given(st.dates(min_value=date(1926, 12, 26), max_value=date(2099, 12, 31)))
def test_a_day_survives_every_way_of_writing_it(day: date) -> None:
    era = next(e for e in reversed(ERAS) if e.begins_on <= day)
    written = (
        f"{day.year}/{day.month}/{day.day}",
        f"{era.letter}{era.year_of(day)}.{day.month}.{day.day}",
        f"{era.name}{era.year_of(day)}年{day.month}月{day.day}日",
        Decimal((day - date(1899, 12, 30)).days),
    )
    assert {read.to_date(cell) for cell in written} == {day}


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("2021/8/20 9:05", datetime(2021, 8, 20, 0, 5, tzinfo=UTC)),
        (datetime(2021, 8, 20, 9, 5), datetime(2021, 8, 20, 0, 5, tzinfo=UTC)),  # noqa: DTZ001
        (Decimal("44428.375"), datetime(2021, 8, 20, 0, 0, tzinfo=UTC)),
        ("R3.8.20 18:00:00", datetime(2021, 8, 20, 9, tzinfo=UTC)),
        ("2021/8/20", datetime(2021, 8, 19, 15, tzinfo=UTC)),
        (None, None),
    ],
)
def test_moments_are_on_the_clock_of_japan(cell: Any, expected: datetime | None) -> None:
    assert read.to_instant(cell) == expected


def test_a_moment_without_a_readable_time_says_so() -> None:
    with pytest.raises(BadCell, match="time"):
        read.to_instant("2021/8/20 25:00")


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("３６", 36),
        ("36歳", 36),
        ("１，２３４", 1234),
        (Decimal(36), 36),
        ("11か月", 11),
        ("不明", None),
        (None, None),
    ],
)
def test_whole_numbers(cell: Any, expected: int | None) -> None:
    assert read.to_integer(cell, minimum=0, maximum=2000) == expected


@pytest.mark.parametrize(
    ("cell", "kind"),
    [
        ("36.5", "not_whole"),
        ("三十六", "number"),
        ("1,23", "number"),
        (DAY, "number"),
        ("151", "range"),
        ("-1", "range"),
    ],
)
def test_what_is_no_whole_number_says_why(cell: Any, kind: str) -> None:
    with pytest.raises(BadCell) as bad:
        read.to_integer(cell, minimum=0, maximum=150)
    assert bad.value.kind == kind


def test_decimals_keep_what_was_written() -> None:
    assert read.to_decimal("３６．５℃") == Decimal("36.5")
    assert read.to_decimal(Decimal("36.5")) == Decimal("36.5")


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("可", True),
        ("否", False),
        ("○", True),
        ("×", False),
        ("01_可", True),
        ("2:否", False),
        ("TRUE", True),
        (Decimal(0), False),
        ("はい", True),
        ("無し", False),
        ("不明", None),
        (None, None),
    ],
)
def test_yes_and_no_as_people_write_them(cell: Any, expected: bool | None) -> None:
    assert read.to_boolean(cell) is expected


def test_what_is_neither_yes_nor_no_says_so() -> None:
    with pytest.raises(BadCell, match="yes_no"):
        read.to_boolean("要確認")


@pytest.mark.parametrize(
    ("cell", "codes", "expected"),
    [
        ("01_男性", SEX, "male"),
        ("02_女性", SEX, "female"),
        ("99_不明", SEX, "unknown"),
        ("1.男", SEX, "male"),
        ("Ｍａｌｅ", SEX, "male"),
        ("f", SEX, "female"),
        ("05_医療従事者", OCCUPATION, "health_worker"),
        ("30代", AGE_GROUP, "30s"),
        ("３０代", AGE_GROUP, "30s"),
        ("04_重症", SEVERITY, "severe"),
        ("01_軽快", OUTCOME, "recovered"),
        ("02_死亡", OUTCOME, "died"),
        ("（－）", TEST_RESULT, "negative"),
        ("陽性", TEST_RESULT, "positive"),
        ("あり", YES_NO_UNKNOWN, "yes"),
        ("×", YES_NO_UNKNOWN, "no"),
        ("", SEX, None),
    ],
)
def test_codes_by_word_in_either_language_with_or_without_a_number(
    cell: Any, codes: Any, expected: str | None
) -> None:
    assert read.to_code(cell, codes) == expected


def test_a_mapping_of_words_comes_first_and_may_leave_blank() -> None:
    words = {"03_軽・中等症": "moderate", "01_陰性確認": "", "9": "severe"}
    assert read.to_code("03_軽・中等症", SEVERITY, words) == "moderate"
    assert read.to_code("01_陰性確認", SEVERITY, words) is None
    assert read.to_code("09_その他", SEVERITY, {"09": "mild"}) == "mild"
    assert read.to_code(Decimal(9), SEVERITY, words) == "severe"
    with pytest.raises(BadCell, match="code") as bad:
        read.to_code("05_死亡", SEVERITY, words)
    assert "無症状" in bad.value.label.ja
    assert "死亡" not in bad.value.label.ja


def test_several_codes_in_one_cell() -> None:
    assert read.to_codes("咳；発熱", SYMPTOM) == ("fever", "cough")
    assert read.to_codes("嘔気・嘔吐", SYMPTOM) == ("nausea_vomiting",)
    with pytest.raises(BadCell, match="code"):
        read.to_codes("発熱、ねむい", SYMPTOM)


@pytest.mark.parametrize(
    ("parser", "cell", "expected"),
    [
        (read.to_text, "ｶﾌﾞ)  架空　商店", "カブ) 架空 商店"),
        (read.to_text, Decimal("3.0"), "3"),
        (read.to_text, DAY, "2021/8/20"),
        (read.to_kana, "ﾜﾀﾅﾍﾞ じゅん", "ワタナベ ジュン"),
        (read.to_phone, Decimal(9012345678), "09012345678"),
        (read.to_phone, "312345678", "0312345678"),
        (read.to_phone, "090-1234-5678", "090-1234-5678"),
        (read.postal_code, Decimal(600000), "0600000"),
    ],
)
def test_texts_in_one_spelling_with_the_zeros_cells_have_lost(
    parser: Any, cell: Any, expected: str
) -> None:
    assert parser(cell) == expected


def test_free_text_keeps_its_lines_and_signs() -> None:
    assert read.to_text("①発熱\r\n②咳", lines=True) == "①発熱\n②咳"


@pytest.mark.parametrize(
    ("cell", "kind"), [("あ" * 11, "too_long"), ("a\x07b", "control_character")]
)
def test_what_cannot_be_stored_says_why(cell: str, kind: str) -> None:
    with pytest.raises(BadCell) as bad:
        read.to_text(cell, max_length=10)
    assert bad.value.kind == kind


@given(st.text(max_size=40))
def test_no_text_breaks_a_parser(text: str) -> None:
    told = []
    for parser in (read.to_text, read.to_date, read.to_instant, read.to_integer, read.to_boolean):
        try:
            parser(text)
        except BadCell as bad:
            told.append(bad)
    try:
        read.to_codes(text, SYMPTOM)
    except BadCell as bad:
        told.append(bad)
    assert all(one.label.ja and one.label.en for one in told)
