"""The projection's paths and intervals, and people in care, in numbers worked out by hand."""

from datetime import date
from itertools import pairwise
from math import exp, log

import pytest

from app.planning.projection import Assumption, Band, Present, present_of, projected, week_ahead
from app.planning.stocks import Care, occupied, peak, reached, share_of
from app.planning.widths import HORIZONS, WIDTHS, half_widths

DAY = date(2021, 8, 20)
EVEN = Present(DAY, 700, 700)
DOUBLING = Present(DAY, 1400, 700)


def flat(value: float) -> Band:
    return Band(value, value, value, value, value)


def middles(present: Present, assumption: Assumption, days: int = 28) -> list[float]:
    return [band.middle for band in projected(present, assumption, days)]


def test_what_stays_even_stays_even() -> None:
    for kind in ("fading", "continued"):
        assert middles(EVEN, Assumption(kind)) == pytest.approx([100.0] * 28)


def test_a_doubling_week_goes_on_doubling_or_fades() -> None:
    going_on = middles(DOUBLING, Assumption("continued"))
    assert going_on[6] == pytest.approx(400)
    assert going_on[13] == pytest.approx(800)
    # Growth per day ln(1440 ÷ 740) ÷ 7 = 0.0951; four days of it are left to come in all.
    fading = middles(DOUBLING, Assumption("fading"))
    assert fading[0] == pytest.approx(200 * exp(0.8 * log(1440 / 740) / 7))
    assert fading[27] == pytest.approx(200 * exp(4 * log(1440 / 740) / 7), rel=0.002)


def test_a_number_of_ones_own_acts_after_its_delay() -> None:
    path = middles(EVEN, Assumption("own", 2.0, 7))
    assert path[6] == pytest.approx(100)
    # One generation of five days later it has doubled.
    assert path[11] == pytest.approx(200)
    halved = middles(EVEN, Assumption("halved", None, 0))
    assert halved[4] == pytest.approx(50)


def test_a_number_of_none_ends_after_a_generation() -> None:
    path = middles(EVEN, Assumption("own", 0.0, 0))
    assert path[:5] == pytest.approx([80, 60, 40, 20, 0])
    assert not any(path[5:])


@pytest.mark.parametrize(
    "present", [EVEN, DOUBLING, Present(DAY, 0, 0), Present(DAY, 3, 0), Present(DAY, 0, 900)]
)
@pytest.mark.parametrize("kind", ["fading", "continued", "halved", "own"])
def test_intervals_hold_the_middle_widen_and_never_fall_below_none(
    present: Present, kind: str
) -> None:
    path = projected(present, Assumption(kind, 1.5, 3), 28)
    for band in path:
        assert 0 <= band.low_95 <= band.low_80 <= band.middle <= band.high_80 <= band.high_95
    if kind == "fading":
        wide = [(band.high_95 + 5 / 7) / (band.low_95 + 5 / 7) for band in path]
        assert all(later >= earlier - 1e-9 for earlier, later in pairwise(wide) if later < 1e3)


def test_an_endless_path_has_an_end() -> None:
    assert week_ahead(Present(DAY, 900_000, 100), Assumption("continued"), 28).high_95 <= 1e7
    assert week_ahead(EVEN, Assumption("own", 5.0, 0), 28).middle <= 1e7


def test_the_present_is_the_last_two_weeks() -> None:
    assert present_of([1] * 7 + [2] * 7 + [3] * 7, DAY) == Present(DAY, 21, 14)
    assert present_of([4], DAY) == Present(DAY, 4, 0)


def test_widths_grow_with_the_days_ahead() -> None:
    assert half_widths(50, 7) == (0.86, 1.34)
    # Between 7 and 10 days: a third of the way.
    assert half_widths(50, 8) == pytest.approx((0.86 + 0.23 / 3, 1.34 + 0.25 / 3))
    assert half_widths(19, 28) == (1.22, 2.37)
    assert half_widths(20, 28) == (1.91, 2.51)
    assert half_widths(-4, 1) == half_widths(0, 1)
    for table in WIDTHS:
        assert len(table) == len(HORIZONS)
        assert list(table) == sorted(table)


def test_people_in_hospital_come_and_leave() -> None:
    # 100 there, a tenth leaves each day, 20 of 100 new ones come.
    course = occupied(100, [flat(100)] * 2, Care(0.2, 10))
    assert [band.middle for band in course] == pytest.approx([110, 119])
    # A stay of one day: yesterday's are gone.
    assert [b.middle for b in occupied(100, [flat(10)] * 2, Care(1, 1))] == [10, 10]
    # A stay below a day counts as one, nothing is divided by none.
    assert occupied(100, [flat(10)], Care(1, 0))[0].middle == 10


def test_the_share_that_explains_the_last_weeks() -> None:
    # 28 days of 10 cases; always 30 there, 3 leave a day: 3 of 10 come.
    assert share_of([10] * 28, [30] * 29, 10) == pytest.approx(0.3)
    assert share_of([0] * 28, [30] * 29, 10) is None
    assert share_of([10] * 28, [30] * 28, 10) is None
    # More left than cases can explain: all of them, never more.
    assert share_of([1] * 28, [300] * 29, 1) == 1


def test_the_day_on_which_places_are_reached() -> None:
    course = [Band(n * 10, n * 5, n * 15, n * 4, n * 20) for n in range(1, 11)]
    found = reached(60, course, DAY)
    assert (found.middle, found.early_80, found.early_95) == (
        date(2021, 8, 25),
        date(2021, 8, 23),
        date(2021, 8, 22),
    )
    assert reached(1000, course, DAY).early_95 is None
    top = peak(course, DAY)
    assert top is not None
    assert top[0] == date(2021, 8, 29)
    assert peak([], DAY) is None
