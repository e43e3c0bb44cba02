"""The reproduction number against numbers worked out by hand."""

from datetime import date

import pytest

from app.planning.reproduction import (
    growth_of,
    last_complete_day,
    over_time,
    reproduction,
    share_interval,
)

FIRST = date(2021, 8, 1)

# share p = last ÷ both; score interval; R = (p ÷ (1 − p)) ^ (5/7), with a pocket calculator.
TABLE = [
    # 10 of 20: p 0.2993–0.7007, ratio 0.4271–2.3412
    (10, 10, 1.0, 0.5446, 1.8363),
    # 100 of 200: p 0.4314–0.5686, ratio 0.7588–1.3178
    (100, 100, 1.0, 0.8211, 1.2179),
    # 60 of 90: ratio 2, p 0.5641–0.7552, ratio 1.2942–3.0849
    (60, 30, 1.6407, 1.2023, 2.2360),
    # none of 40: p 0–0.0876, ratio 0–0.0960
    (0, 40, 0.0, 0.0, 0.1875),
]


@pytest.mark.parametrize(("last", "previous", "value", "low", "high"), TABLE)
def test_the_number_and_its_interval(
    last: int, previous: int, value: float, low: float, high: float
) -> None:
    assert reproduction(last, previous) == pytest.approx((value, low, high), abs=0.003)


@pytest.mark.parametrize(
    ("last", "previous", "why"),
    [
        (10, 9, "nineteen in two weeks"),
        (0, 0, "none at all"),
        (50, 0, "a week after nothing has no ratio"),
        (-3, 60, "a correction larger than the week"),
    ],
)
def test_too_few_cases_say_nothing(last: int, previous: int, why: str) -> None:
    assert reproduction(last, previous) is None, why


def test_the_score_interval_of_the_textbook() -> None:
    # Wilson 1927 for 1 of 10: 0.0179–0.4042.
    assert share_interval(1, 10) == pytest.approx((0.0179, 0.4042), abs=0.0005)


def test_a_day_needs_two_whole_weeks_behind_it() -> None:
    found = over_time([5] * 14 + [50], FIRST, date(2021, 8, 31))
    assert [one.day.day for one in found] == [14, 15]
    assert found[0].value == 1
    assert found[0].cases == 70
    # 80 after 35: 2.2857 ^ (5/7).
    assert found[1].value == pytest.approx(1.805, abs=0.001)
    assert over_time([5] * 13, FIRST, date(2021, 8, 31)) == []


def test_days_that_still_fill_up_are_left_out() -> None:
    found = over_time([5] * 20, FIRST, date(2021, 8, 16))
    assert found[-1].day == date(2021, 8, 16)
    few = over_time([1] * 14, FIRST, date(2021, 8, 31))[0]
    assert (few.value, few.cases) == (None, 14)


@pytest.mark.parametrize(
    ("basis", "measured", "day"),
    [
        ("published", None, 19),
        ("reported", None, 19),
        ("diagnosed", None, 17),
        ("onset", None, 10),
        ("onset", 6, 14),
        # Today is never over, whatever the delays say.
        ("diagnosed", 0, 19),
    ],
)
def test_the_last_day_that_is_complete(basis: str, measured: int | None, day: int) -> None:
    assert last_complete_day(basis, date(2021, 8, 20), measured) == date(2021, 8, day)


def test_growth_is_the_logarithm_spread_over_a_generation() -> None:
    assert growth_of(1) == 0
    assert growth_of(2.718281828) == pytest.approx(0.2)
