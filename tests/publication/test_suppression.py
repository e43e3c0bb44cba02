"""No total gives a hidden cell back; no row of the list stands alone."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.publication.generalising import NOTHING, Said, generalised
from app.publication.romaji import town_romaji
from app.publication.suppression import bounds, suppress

SMALLEST = 5
cells = st.sampled_from([0, 0, 1, 2, 3, 4, 5, 7, 12, 40])
tables = st.integers(1, 5).flatmap(
    lambda width: st.lists(st.lists(cells, min_size=width, max_size=width), min_size=1, max_size=9)
)
rows = st.lists(
    st.builds(Said, st.sampled_from("新千"), st.sampled_from("1234"), st.sampled_from("男女")),
    max_size=60,
)


@settings(max_examples=150, deadline=None)
@given(tables)
def test_whoever_knows_every_total_cannot_tell_a_small_cell(table: list[list[int]]) -> None:
    shown = suppress(table, smallest=SMALLEST)
    lines = [sum(row) for row in table]
    columns = [sum(column) for column in zip(*table, strict=True)]
    if not shown.has_margins:
        assert all(cell is None for row in shown.cells for cell in row)
        return
    known = bounds(shown.cells, lines, columns)
    for (r, c), bound in known.items():
        assert bound.low <= table[r][c] <= bound.high
        if 0 < table[r][c] < SMALLEST:
            assert bound.high - bound.low + 1 >= SMALLEST
    for r, row in enumerate(shown.cells):
        assert all(cell in (None, table[r][c]) for c, cell in enumerate(row))
        assert all(cell is None or not 0 < cell < SMALLEST for cell in row)


def test_a_list_with_one_small_cell_hides_a_second_one_beside_it() -> None:
    assert suppress([[7], [1], [30]], smallest=5).cells == [[None], [None], [30]]


def test_nothing_is_hidden_where_nothing_is_small() -> None:
    assert suppress([[7, 0], [9, 30]], smallest=5).cells == [[7, 0], [9, 30]]
    assert suppress([[1, 2]], smallest=1).cells == [[1, 2]]


@settings(max_examples=100, deadline=None)
@given(rows)
def test_every_row_of_the_list_looks_like_others(given_rows: list[Said]) -> None:
    said = generalised(given_rows, smallest=SMALLEST)
    groups = Counter(said)
    for words, n in groups.items():
        assert n >= SMALLEST or words == NOTHING
    assert groups[NOTHING] == 0 or groups[NOTHING] >= SMALLEST or set(groups) == {NOTHING}
    for before, after in zip(given_rows, said, strict=True):
        assert after.place in ("", before.place)
        assert after.age in ("", before.age)
        assert after.sex in ("", before.sex)


@pytest.mark.parametrize(
    ("kana", "romaji"),
    [
        ("あさひかわし", "asahikawa"),
        ("しんじゅくく", "shinjuku"),
        ("おおさかし", "osaka"),
        ("さっぽろし", "sapporo"),
        ("きたきゅうしゅうし", "kitakyushu"),
        ("はちおうじし", "hachioji"),
    ],
)
def test_towns_have_the_names_of_their_files(kana: str, romaji: str) -> None:
    assert town_romaji(kana) == romaji
