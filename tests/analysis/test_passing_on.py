"""Tables that leave the office: small numbers, what the ministry sees, and two tables together."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.analysis.models import AnalysisAsked
from app.analysis.suppression import Table, is_small
from app.core import clock
from app.core.db import db
from tests.analysis.attacker import bounds
from tests.analysis.conftest import as_system, ask
from tests.analysis.reading import links, table
from tests.support.clock import NOON

HIDDEN = "秘匿"


def shown(found: dict[str, list[str]]) -> tuple[int, int, dict[tuple[int, int], int]]:
    """Rows, columns and the numbers of a page with totals."""
    lines = [cells for words, cells in found.items() if words]
    numbers = {
        (row, column): int(text.replace(",", ""))
        for row, cells in enumerate(lines)
        for column, text in enumerate(cells)
        if text != HIDDEN
    }
    return len(lines) - 1, len(lines[0]) - 1, numbers


def test_the_ministry_sees_sums_of_prefectures_and_no_small_number(crossed: Flask) -> None:
    answer = ask(crossed, "oka", row1="prefecture_code", column1="sex")
    rows, columns, numbers = shown(table(answer.text))
    assert rows == 48  # 47 and not entered
    assert numbers[rows, columns] == 28
    assert not [one for one in numbers.values() if is_small(one, 10)]
    assert not links(answer.text)
    # 大阪 has two men: neither they nor 東京's follow from what is shown.
    low, high = bounds(rows, columns, numbers, (26, 0))
    assert low == 0
    assert high is None or high >= 10


@pytest.mark.one_database
def test_the_ministry_has_no_place_below_a_prefecture(crossed: Flask) -> None:
    answer = ask(crossed, "oka", row1="sex")
    for key in ("municipality_code", "responsible_centre_id", "authority_id"):
        assert f'value="{key}"' not in answer.text
        assert ask(crossed, "oka", **{f"f.{key}": "1"}).status_code == 400
    assert 'name="passing_on"' not in answer.text


@pytest.mark.one_database
def test_what_is_for_passing_on_cannot_be_worked_out(crossed: Flask) -> None:
    answer = ask(crossed, "doi", column1="sex", passing_on="y")
    rows, columns, numbers = shown(table(answer.text))
    truth = Table([[11, 3], [0, 11], [1, 0]])
    assert truth.cells[3, 2] == numbers[rows, columns] == 26
    assert not [one for one in numbers.values() if is_small(one, 10)]
    assert not links(answer.text)
    in_their_thirties = 3
    low, high = bounds(rows, columns, numbers, (in_their_thirties, 1))
    assert low == 0
    assert high is None or high >= 10


@pytest.mark.one_database
def test_shares_and_means_of_few_people_are_hidden_as_well(crossed: Flask) -> None:
    shares = table(ask(crossed, "doi", column1="sex", passing_on="y", **{"as": "row_share"}).text)
    assert shares["30代"][:2] == [HIDDEN, HIDDEN]
    means = table(
        ask(crossed, "doi", row1="sex", row2="age_group", measure="mean_age", passing_on="y").text
    )
    assert means["女 30代"] == [HIDDEN]
    deaths = table(ask(crossed, "doi", measure="died", passing_on="y").text)
    assert deaths["40代"] == [HIDDEN]


@pytest.mark.one_database
def test_numbers_are_rounded_where_the_office_decided_so(
    crossed: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(crossed.config, "ANALYSIS_ROUNDING", 5)
    found = table(ask(crossed, "doi", row1="sex", passing_on="y").text)
    assert (found["女"], found["合計"]) == (["15"], ["25"])


@pytest.mark.one_database
def test_conditions_that_few_people_meet_show_nothing(crossed: Flask) -> None:
    answer = ask(crossed, "doi", passing_on="y", **{"f.age_group": "none"})
    assert answer.status_code == 422
    assert "analysis-table" not in answer.text
    assert ask(crossed, "doi", **{"f.age_group": "none"}).status_code == 200


@pytest.mark.one_database
def test_two_tables_that_differ_by_few_people_are_not_both_shown(crossed: Flask) -> None:
    everybody = {"row1": "sex", "passing_on": "y"}
    assert ask(crossed, "doi", **everybody).status_code == 200
    # Without the one of unknown age: the difference is that man.
    few = {"f.age_group": ["30s", "40s"], **everybody}
    refused = ask(crossed, "doi", **few)
    assert refused.status_code == 422
    assert "analysis-table" not in refused.text
    assert ask(crossed, "doi", **everybody).status_code == 200
    assert ask(crossed, "doi", **(few | {"passing_on": None})).status_code == 200
    # It is the same person's tables that are compared, and not for ever.
    assert ask(crossed, "ito", **few).status_code == 200
    with clock.frozen_at(NOON + timedelta(days=91)):
        assert ask(crossed, "doi", **few).status_code == 200


@pytest.mark.one_database
def test_a_partly_overlapping_table_is_shown_with_a_warning(crossed: Flask) -> None:
    base = {"row1": "age_group", "passing_on": "y"}
    assert "alert--warning" not in ask(crossed, "doi", **base).text
    # 14 of the 26.
    women = ask(crossed, "doi", **{"f.sex": "female", **base})
    assert women.status_code == 200
    assert "alert--warning" in women.text


@pytest.mark.one_database
def test_what_is_remembered_holds_codes_only(crossed: Flask) -> None:
    ask(crossed, "doi", row1="sex", passing_on="y")
    ask(crossed, "doi", row1="sex", passing_on="y")
    ask(crossed, "doi", row1="sex")
    with as_system(crossed):
        (kept,) = db.session.scalars(select(AnalysisAsked))
        assert ["row1", "sex"] in kept.question
        assert kept.records == 26
