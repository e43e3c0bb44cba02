"""Dates are read in every form offices write and refused with a sentence that helps."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core import dates
from app.core.dates import (
    DateProblem,
    format_date,
    format_instant,
    parse_date,
    parse_date_or_datetime,
    parse_instant,
)

APRIL_30 = date(2020, 4, 30)
DAYS = st.dates(dates.EARLIEST, dates.LATEST)


@pytest.mark.parametrize(
    "text",
    [
        "2020/4/30",
        "2020/04/30",
        "2020-04-30",
        "2020.4.30",
        "20200430",
        "2020年4月30日",
        "R2.4.30",
        "R2/4/30",
        "r2-4-30",
        "R020430",
        "令2.4.30",
        "令和2年4月30日",
        "令和2.4.30",
        "㋿2年4月30日",
        "２０２０／４／３０",
        "Ｒ２．４．３０",
        "2020−04‐30",
        "2020ー4ー30",
        "　令和 2年 4月30日 ",
    ],
)
def test_the_same_day_in_every_form(text: str) -> None:
    assert parse_date(text) == APRIL_30


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("令和元年5月1日", date(2019, 5, 1)),
        ("R1.5.1", date(2019, 5, 1)),
        ("R元.5.1", date(2019, 5, 1)),
        ("㍻31.4.30", date(2019, 4, 30)),
        ("H31.4.30", date(2019, 4, 30)),
        ("平成元年1月8日", date(1989, 1, 8)),
        ("S64.1.7", date(1989, 1, 7)),
        ("昭和元年12月25日", date(1926, 12, 25)),
        ("大正15年12月25日", date(1926, 12, 25)),
        ("T1.7.30", date(1912, 7, 30)),
        ("明治45年7月30日", date(1912, 7, 30)),
        ("M6.1.1", date(1873, 1, 1)),
        ("2020/2/29", date(2020, 2, 29)),
    ],
)
def test_eras_begin_and_end_on_their_days(text: str, day: date) -> None:
    assert parse_date(text) == day


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"),
        (" 　", "empty"),
        ("きのう", "format"),
        ("2020/4", "format"),
        ("4/30", "format"),
        ("2020/4-30", "format"),
        ("202004301", "format"),
        ("R2年4/30", "format"),
        ("2020-04-30 09:00", "format"),
        ("2020/4/30\x00", "format"),
        ("9" * 5000, "format"),
        ("2020/2/31", "no_such_day"),
        ("2021/2/29", "no_such_day"),
        ("2020/13/1", "no_such_day"),
        ("2020/0/10", "no_such_day"),
        ("R0.4.30", "no_such_day"),
        ("平成32年1月1日", "era_ended"),
        ("平成31年5月1日", "era_ended"),
        ("昭和64年1月8日", "era_ended"),
        ("大正15年12月26日", "era_ended"),
        ("明治46年13月1日", "era_ended"),
        ("令和元年4月30日", "era_not_begun"),
        ("昭和元年12月24日", "era_not_begun"),
        ("平成元年1月7日", "era_not_begun"),
        ("M5.1.1", "out_of_range"),
        ("0020/04/30", "out_of_range"),
        ("2101/01/01", "out_of_range"),
        ("0000/01/01", "no_such_day"),
    ],
)
def test_what_is_not_a_date_says_why(text: str, code: str) -> None:
    with pytest.raises(DateProblem) as caught:
        parse_date(text)
    assert caught.value.code == code
    assert caught.value.sentence.ja.endswith("。")
    assert caught.value.sentence.en.endswith(".")


def test_an_era_that_has_ended_names_its_last_day() -> None:
    with pytest.raises(DateProblem) as caught:
        parse_date("平成32年4月30日")
    assert caught.value.sentence.ja == "平成は平成31年4月30日までです。元号を確認してください。"
    assert caught.value.sentence.en == "Heisei ended on 2019-04-30 (H31). Check the era."


@given(DAYS)
def test_every_written_form_is_read_back(day: date) -> None:
    assert parse_date(format_date(day)) == day
    assert parse_date(day.isoformat()) == day
    assert parse_date(day.strftime("%Y%m%d")) == day


@given(st.text(max_size=30))
def test_any_text_is_a_date_or_a_date_problem(text: str) -> None:
    for reader in (parse_date, parse_date_or_datetime, parse_instant):
        try:
            reader(text)
        except DateProblem:
            continue


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2020-04-30T09:05", datetime(2020, 4, 30, 0, 5, tzinfo=UTC)),
        ("2020/4/30 9:05:30", datetime(2020, 4, 30, 0, 5, 30, tzinfo=UTC)),
        ("令和2年4月30日 ９：０５", datetime(2020, 4, 30, 0, 5, tzinfo=UTC)),
        ("2020-04-29T20:00:00Z", datetime(2020, 4, 29, 20, 0, tzinfo=UTC)),
        ("2020-04-30T09:05:00.123+09:00", datetime(2020, 4, 30, 0, 5, tzinfo=UTC)),
        ("2020-04-29 19:05 -0500", datetime(2020, 4, 30, 0, 5, tzinfo=UTC)),
    ],
)
def test_an_instant_is_read_on_the_japanese_clock(text: str, instant: datetime) -> None:
    assert parse_instant(text) == instant
    assert parse_date_or_datetime(text) == APRIL_30


@pytest.mark.parametrize("text", ["2020-04-30", "2020-04-30 25:00", "2020-04-30 09:60"])
def test_an_instant_needs_a_time_of_day(text: str) -> None:
    with pytest.raises(DateProblem, match="time"):
        parse_instant(text)


def test_imports_read_plain_dates_too() -> None:
    assert parse_date_or_datetime("2020-04-30") == APRIL_30
    assert parse_date_or_datetime("2020-04-30 00:00:00") == APRIL_30


def test_dates_are_written_short() -> None:
    assert format_date(APRIL_30) == "2020/04/30"
    assert format_date(None) == ""


def test_an_instant_is_written_on_the_japanese_clock() -> None:
    assert format_instant(datetime(2020, 4, 29, 15, 5, tzinfo=UTC)) == "2020/04/30 00:05"
    assert format_instant(None) == ""
