"""Two tables, one inside the other, are subtracted; nothing small may come out."""

from datetime import date

import pytest
from flask import Flask

from app.analysis.differences import can_be_subtracted, cells_between
from app.analysis.figures import Figures, Key, Tally, added_up
from app.analysis.measures import MEASURES
from app.analysis.question import Question
from app.analysis.suppression import hidden_cells, is_small
from tests.analysis.conftest import add_case, as_system, ask, day
from tests.analysis.reading import table

AGES: list[Key] = [("30s",), ("40s",)]
SEXES: list[Key] = [("male",), ("female",)]


def asked(
    last: int, rows: tuple[str, ...] = ("age",), columns: tuple[str, ...] = ("sex",)
) -> Question:
    return Question(
        "case",
        "records",
        "number",
        rows,
        columns,
        "reported_on",
        date(2021, 8, 1),
        date(2021, 8, last),
    )


def counted(numbers: list[list[int]], rows: list[Key], columns: list[Key]) -> Figures:
    return added_up(
        {
            (row, column): Tally(number)
            for row, line in zip(rows, numbers, strict=True)
            for column, number in zip(columns, line, strict=True)
        },
        MEASURES["records"],
    )


SMALL = counted([[20, 30], [40, 50]], AGES, SEXES)
LARGE = counted([[23, 45], [55, 70]], AGES, SEXES)
"""3, 15, 15 and 20 more: nothing but the first tells of few."""


def test_the_difference_is_protected_like_a_table_of_its_own() -> None:
    between = cells_between(asked(2), LARGE, [(asked(1), SMALL)], (AGES, SEXES), 10)
    assert between.closed == hidden_cells([[3, 15], [15, 20]], 10)
    assert (0, 0) in between.closed
    assert not between.single


def test_it_does_not_matter_how_the_earlier_table_lay() -> None:
    turned = asked(1, ("sex",), ("age",))
    lying = counted([[20, 40], [30, 50]], SEXES, AGES)
    flat = asked(1, ("age", "sex"), ())
    keys: list[Key] = [(*age, *sex) for age in AGES for sex in SEXES]
    long = counted([[20], [30], [40], [50]], keys, [()])
    expected = cells_between(asked(2), LARGE, [(asked(1), SMALL)], (AGES, SEXES), 10)
    for other in ((turned, lying), (flat, long)):
        assert cells_between(asked(2), LARGE, [other], (AGES, SEXES), 10) == expected


def test_tables_that_share_their_rows_alone_are_compared_by_the_totals() -> None:
    ages = counted([[65], [92]], AGES, [()])  # 3 and 33 more
    between = cells_between(asked(2), LARGE, [(asked(1, columns=()), ages)], (AGES, SEXES), 10)
    assert between.single == {(0, 2), (1, 2)}
    values = [[23, 45], [55, 70]]
    hidden = hidden_cells(values, 10, near=between.single)
    # A hidden total whose cells all show would be their sum.
    for row, column in between.single:
        assert {(row, 0), (row, 1)} & hidden, column


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (asked(2), True),
        (asked(1), False),
        (
            Question(
                "case",
                "died",
                "number",
                ("age",),
                ("sex",),
                "reported_on",
                date(2021, 8, 1),
                date(2021, 8, 2),
            ),
            False,
        ),
    ],
    ids=["longer", "the same records", "another number"],
)
def test_what_can_be_subtracted(other: Question, expected: bool) -> None:
    assert can_be_subtracted(asked(1), other) is expected


@pytest.mark.one_database
def test_a_day_more_tells_of_nobody(crossed: Flask) -> None:
    """12 men more, and 1 woman in her 40s: 26 and 39 people are no small numbers."""
    with as_system(crossed):
        for number in range(12):
            add_case(sex="male", age_years=30 + number % 5, reported_on=day(12))
        add_case(sex="female", age_years=41, reported_on=day(12))
    question = {"row1": "age_group", "passing_on": "y", "f.age_group": ["30s", "40s"]}
    before = table(ask(crossed, "doi", to="2021-08-11", **question).text)
    after = table(ask(crossed, "doi", **question).text)
    told = {
        name: int(cells[0]) - int(before[name][0])
        for name, cells in after.items()
        if name in before and cells[0].isdigit() and before[name][0].isdigit()
    }
    assert told["合計"] == 13
    assert not [name for name, number in told.items() if is_small(number, 10)]
    # What was shown first is shown again as it was.
    assert table(ask(crossed, "doi", to="2021-08-11", **question).text) == before
