"""The back-test: what was known on the day, what came, and how sources are mended."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask

from app.core.errors import InvalidInput
from app.planning.backtest import Course, known_on, mended, run_backtest, settled
from app.planning.daily_file import courses_of

FIRST = date(2020, 6, 1)
REAL = Path(__file__).parents[3] / "shared" / "data" / "prefecture_daily.csv"
HEAD = "year,month,date,prefectureNameJ,testedPositive"


def series(totals: list[int | None]) -> dict[date, int | None]:
    return {FIRST + timedelta(days=n): total for n, total in enumerate(totals)}


def test_gaps_and_corrections_are_mended_and_told() -> None:
    course = mended("東京都", series([None, 5, None, 9, 7, 12]), FIRST + timedelta(days=6))
    assert course is not None
    assert course.first == FIRST + timedelta(days=1)
    assert course.totals == [5, 5, 9, 7, 12, 12]
    assert (course.missing_days, course.corrections) == (2, 1)
    assert settled(course.totals) == [5, 5, 7, 7, 12, 12]
    assert mended("秋田県", series([None, None])) is None


def test_a_projection_knows_no_later_correction() -> None:
    totals = [10 * n for n in range(1, 16)] + [120]
    # On the fifteenth day two weeks of 70 were known; a day later 30 were taken back.
    before, after = known_on(totals, 14), known_on(totals, 15)
    assert before is not None
    assert after is not None
    assert (before.week, before.before) == (70, 70)
    assert (after.week, after.before) == (30, 70)
    assert known_on(totals, 13) is None


def test_even_weeks_are_foretold_exactly() -> None:
    course = Course("even", FIRST, [10 * n for n in range(1, 61)])
    outcome = run_backtest([course])
    score = outcome.scores[28]
    assert score.tried == 60 - 14 - 28
    assert (score.percent_held(80), score.percent_held(95)) == (100, 100)
    assert score.mean_off == pytest.approx(0)
    assert score.mean_off_naive == 0
    assert run_backtest([]).scores[7].percent_held(80) is None


def test_an_outbreak_after_quiet_weeks_was_not_held() -> None:
    course = Course("sudden", FIRST, [1] * 30 + [1 + 300 * n for n in range(1, 8)])
    score = run_backtest([course], since=FIRST + timedelta(days=29)).scores[7]
    assert (score.tried, score.held_95) == (1, 0)
    assert score.mean_off == score.mean_off_naive == 2100


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["a,b"], "columns are missing"),
        ([HEAD, "2020,2,30,東京都,5"], "line 2: there is no such day"),
        ([HEAD, "2020,2,8,東京都,many"], "line 2: place or total cannot be read"),
        ([HEAD, "2020,2,8,,5"], "line 2: place or total cannot be read"),
        ([HEAD, "2020,2,8,東京都,-5"], "line 2: place or total cannot be read"),
        ([HEAD, "2020,2,8,東京都,5", "2020,2,8,東京都,6"], "stands there twice"),
    ],
)
def test_a_file_that_cannot_be_read_says_where(lines: list[str], said: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        courses_of(lines)
    assert said in str(refused.value.problems["file"])


def test_a_place_ends_with_the_file_and_blanks_are_gaps() -> None:
    lines = [HEAD, "2020,2,8,東京都,3", "2020,2,9,東京都,", "2020,2,10,大阪府,1.0"]
    tokyo, osaka = courses_of(lines)
    assert (tokyo.totals, tokyo.missing_days) == ([3, 3, 3], 2)
    assert (osaka.first, osaka.totals) == (date(2020, 2, 10), [1])


def test_the_intervals_hold_about_what_they_say_on_days_they_were_not_made_from() -> None:
    if not REAL.exists():
        pytest.skip(f"the real daily figures are not there: {REAL}")
    # A fifth of the prefectures: the whole file takes seconds and is what the command is for.
    courses = courses_of(REAL.read_text(encoding="utf-8-sig").splitlines())[::5]
    scores = run_backtest(courses, since=date(2020, 11, 1)).scores
    for horizon, held_80, held_95 in ((7, 74, 92), (14, 75, 92), (28, 75, 92)):
        one = scores[horizon]
        assert one.tried > 500
        assert (one.percent_held(80) or 0) >= held_80
        assert (one.percent_held(95) or 0) >= held_95


@pytest.mark.one_database
def test_the_command_tells_both_periods_and_what_was_mended(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "daily.csv"
    days = [date(2020, 6, 1) + timedelta(days=n) for n in range(200)]
    lines = [f"{d.year},{d.month},{d.day},東京都,{10 * n}" for n, d in enumerate(days)]
    file.write_text("\n".join([HEAD, *lines]), encoding="utf-8-sig")
    said = app.test_cli_runner().invoke(args=["planning", "backtest", str(file)])
    assert said.exit_code == 0, said.output
    assert "days the intervals were made from" in said.output
    assert "1 places; 0 days without a total, 0 totals lowered" in said.output
    file.write_bytes(b"\xff\xfe")
    broken = app.test_cli_runner().invoke(args=["planning", "backtest", str(file)])
    assert broken.exit_code == 1
    assert "not UTF-8" in broken.output
