"""Where cases stand in the picture of chains."""

from datetime import date, timedelta

import pytest

from app.chains.rules import Layout, lay_out, links

pytestmark = pytest.mark.one_database


def placed(edges: list[tuple[int, int]], **days: int) -> Layout:
    first = date(2021, 8, 1)
    keys = {int(name[1:]): first + timedelta(days=offset) for name, offset in days.items()}
    return lay_out(keys, links(edges, keys))


def test_generations_are_counted_from_the_case_without_a_source() -> None:
    layout = placed([(1, 2), (1, 3), (2, 4)], k1=0, k2=3, k3=4, k4=7)
    assert {k: p.generation for k, p in layout.places.items()} == {1: 0, 2: 1, 3: 1, 4: 2}
    assert {k: p.source for k, p in layout.places.items()} == {1: None, 2: 1, 3: 1, 4: 2}
    # One case a day: all of them in one row.
    assert {p.row for p in layout.places.values()} == {0}
    assert layout.rows == 1


def test_cases_of_one_day_stand_in_rows_of_their_own() -> None:
    layout = placed([(1, 2), (1, 3), (1, 4)], k1=0, k2=3, k3=3, k4=3)
    assert sorted(layout.places[k].row for k in (2, 3, 4)) == [0, 1, 2]
    assert layout.rows == 3


def test_chains_that_do_not_touch_stand_one_below_the_other() -> None:
    layout = placed([(3, 4), (1, 2)], k1=0, k2=3, k3=1, k4=2)
    assert layout.chains == 2
    assert {k: p.chain for k, p in layout.places.items()} == {1: 0, 2: 0, 3: 1, 4: 1}
    assert {layout.places[3].row, layout.places[4].row} == {2}


def test_a_case_with_two_sources_has_the_generation_of_the_nearer_one() -> None:
    layout = placed([(1, 2), (2, 3), (4, 3)], k1=0, k2=2, k3=5, k4=3)
    assert layout.places[3].generation == 1
    assert layout.places[3].source == 4
    assert layout.chains == 1


def test_a_circle_of_links_is_entered_at_its_first_onset_and_nobody_is_left_out() -> None:
    layout = placed([(1, 2), (2, 3), (3, 1), (3, 4)], k1=2, k2=1, k3=3, k4=5)
    assert {k: p.generation for k, p in layout.places.items()} == {2: 0, 3: 1, 1: 2, 4: 2}
    assert layout.in_circles == 4


def test_two_cases_each_noted_as_the_others_source_are_drawn_once_each() -> None:
    layout = placed([(1, 2), (2, 1)], k1=0, k2=0)
    assert set(layout.places) == {1, 2}
    assert {layout.places[1].row, layout.places[2].row} == {0, 1}


def test_a_case_is_never_its_own_source_and_ends_that_do_not_exist_are_no_links() -> None:
    assert links([(1, 1), (1, 2), (1, 2), (2, 9)], (1, 2)) == [(1, 2)]


def test_nothing_to_draw_is_a_layout_too() -> None:
    assert lay_out({}, []).rows == 0


def test_five_thousand_cases_take_no_more_rows_than_their_fullest_day() -> None:
    days = {key: date(2021, 1, 1) + timedelta(days=key // 50) for key in range(5_000)}
    edges = [((key - 1) // 3, key) for key in range(1, 5_000)]
    layout = lay_out(days, links(edges, days))
    assert len(layout.places) == 5_000
    assert layout.chains == 1
    assert layout.rows == 50
    spots = {(place.day, place.row) for place in layout.places.values()}
    assert len(spots) == 5_000
