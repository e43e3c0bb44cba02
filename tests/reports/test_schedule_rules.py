"""When a scheduled report is due, and which days it is about."""

from datetime import date, datetime

import pytest

from app.core.clock import TOKYO
from app.reports.schedules.rules import Rhythm, days_of, due, last_until, next_after

DAILY, WEEKLY = Rhythm("day", 6), Rhythm("week", 6, weekday=0)
LAST_OF_MONTH = Rhythm("month", 23, day=31)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=TOKYO)


@pytest.mark.parametrize(
    ("rhythm", "now", "last", "following"),
    [
        (DAILY, "2021-08-05T05:59", "2021-08-04T06:00", "2021-08-05T06:00"),
        (DAILY, "2021-08-05T06:00", "2021-08-05T06:00", "2021-08-06T06:00"),
        (DAILY, "2021-12-31T06:00", "2021-12-31T06:00", "2022-01-01T06:00"),
        (DAILY, "2020-02-28T07:00", "2020-02-28T06:00", "2020-02-29T06:00"),
        # 2020 has a week 53, whose Monday is 28 December.
        (WEEKLY, "2020-12-31T12:00", "2020-12-28T06:00", "2021-01-04T06:00"),
        (WEEKLY, "2021-01-04T05:00", "2020-12-28T06:00", "2021-01-04T06:00"),
        (Rhythm("week", 0, weekday=6), "2021-08-08T00:00", "2021-08-08T00:00", "2021-08-15T00:00"),
        (LAST_OF_MONTH, "2020-02-29T22:00", "2020-01-31T23:00", "2020-02-29T23:00"),
        (LAST_OF_MONTH, "2021-02-28T23:00", "2021-02-28T23:00", "2021-03-31T23:00"),
        (LAST_OF_MONTH, "2021-04-30T23:30", "2021-04-30T23:00", "2021-05-31T23:00"),
        (Rhythm("month", 6, day=29), "2021-02-28T06:00", "2021-02-28T06:00", "2021-03-29T06:00"),
        (Rhythm("month", 6, day=1), "2021-12-31T23:59", "2021-12-01T06:00", "2022-01-01T06:00"),
    ],
)
def test_the_time_before_and_the_time_after(
    rhythm: Rhythm, now: str, last: str, following: str
) -> None:
    assert last_until(rhythm, at(now)) == at(last)
    assert next_after(rhythm, at(now)) == at(following)


@pytest.mark.parametrize(
    ("planned", "now", "made", "following"),
    [
        ("2021-08-05T06:00", "2021-08-05T05:00", None, "2021-08-05T06:00"),
        ("2021-08-05T06:00", "2021-08-05T06:00", "2021-08-05T06:00", "2021-08-06T06:00"),
        # Ten days without a worker: once, for the latest of them.
        ("2021-08-05T06:00", "2021-08-15T12:00", "2021-08-15T06:00", "2021-08-16T06:00"),
        ("2021-08-05T06:00", "2021-08-15T05:00", "2021-08-14T06:00", "2021-08-15T06:00"),
    ],
)
def test_what_was_missed_is_made_once(
    planned: str, now: str, made: str | None, following: str
) -> None:
    assert due(DAILY, at(planned), at(now)) == (made and at(made), at(following))


@pytest.mark.parametrize(
    ("span", "rhythm", "on", "first", "last"),
    [
        ("day", DAILY, "2020-03-01", "2020-02-29", "2020-02-29"),
        ("week", WEEKLY, "2021-01-04", "2020-12-28", "2021-01-03"),
        ("week", DAILY, "2021-01-03", "2020-12-21", "2020-12-27"),
        ("month", LAST_OF_MONTH, "2021-03-31", "2021-02-01", "2021-02-28"),
        ("wednesday", WEEKLY, "2021-08-05", "2021-07-28", "2021-08-03"),
        ("period", DAILY, "2021-08-05", "2021-08-04", "2021-08-04"),
        ("period", WEEKLY, "2021-08-05", "2021-07-29", "2021-08-04"),
        ("period", LAST_OF_MONTH, "2020-03-31", "2020-02-01", "2020-02-29"),
    ],
)
def test_a_report_is_about_days_that_are_over(
    span: str, rhythm: Rhythm, on: str, first: str, last: str
) -> None:
    found = days_of(span, rhythm, date.fromisoformat(on))  # type: ignore[arg-type]
    assert found == (date.fromisoformat(first), date.fromisoformat(last))
