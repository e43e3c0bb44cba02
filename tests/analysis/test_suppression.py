"""A table with small numbers is attacked; nothing small may come out."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.analysis.suppression import Table, hidden_cells, is_small, rounded
from tests.analysis.attacker import bounds

NUMBERS = st.one_of(st.just(0), st.integers(0, 12), st.integers(0, 60))


def tables(most: int) -> st.SearchStrategy[list[list[int]]]:
    sides = st.tuples(st.integers(1, most), st.integers(1, most))
    return sides.flatmap(
        lambda side: st.lists(
            st.lists(NUMBERS, min_size=side[1], max_size=side[1]),
            min_size=side[0],
            max_size=side[0],
        )
    )


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    values=tables(4),
    threshold=st.integers(2, 11),
    extra=st.sets(st.tuples(*[st.integers(0, 3)] * 2), max_size=1),
)
def test_no_small_number_can_be_told_from_the_rest(
    values: list[list[int]], threshold: int, extra: set[tuple[int, int]]
) -> None:
    table = Table(values)
    hidden = hidden_cells(values, threshold, extra)
    shown = {cell: number for cell, number in table.cells.items() if cell not in hidden}
    assert not any(is_small(number, threshold) for number in shown.values())
    for cell in hidden:
        low, high = bounds(table.rows, table.columns, shown, cell)
        number = table.cells[cell]
        assert high is None or high > low, f"{cell} can be worked out"
        if is_small(number, threshold):
            assert low == 0, f"{cell} is at least {low}"
            assert high is None or high >= threshold, f"{cell} is at most {high}"


def test_one_small_number_takes_three_others_with_it() -> None:
    values = [[3, 40, 50], [60, 20, 70], [80, 90, 30]]
    # The cheapest ring: with 20 in its middle, or the total's.
    assert hidden_cells(values, 10) == {(0, 0), (0, 1), (1, 0), (1, 1)}


def test_a_table_without_small_numbers_is_shown_whole() -> None:
    assert hidden_cells([[10, 0], [25, 300]], 10) == frozenset()


def test_a_single_column_hides_a_second_row() -> None:
    hidden = hidden_cells([[4], [30], [50]], 10)
    assert {(0, 0), (1, 0)} <= hidden
    assert (3, 0) not in hidden


def test_a_table_of_fewer_people_than_the_threshold_shows_no_total() -> None:
    assert (2, 2) in hidden_cells([[1, 2], [0, 3]], 10)


def test_a_threshold_of_one_hides_nothing() -> None:
    assert hidden_cells([[1, 2], [0, 3]], 1) == frozenset()


def test_a_zero_hidden_for_the_few_behind_it_may_be_anything_up_to_the_threshold() -> None:
    values = [[0, 40], [30, 50]]
    hidden = hidden_cells(values, 10, also={(0, 0)})
    shown = {cell: n for cell, n in Table(values).cells.items() if cell not in hidden}
    low, high = bounds(2, 2, shown, (0, 0))
    assert (low, high is None or high >= 10) == (0, True)


@pytest.mark.parametrize(("number", "base", "to"), [(7, 5, 5), (8, 5, 10), (0, 5, 0), (7, 1, 7)])
def test_numbers_are_rounded_to_the_base(number: int, base: int, to: int) -> None:
    assert rounded(number, base) == to
