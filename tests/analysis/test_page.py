"""The analysis page as people see it."""

from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask

from tests.analysis.conftest import ask
from tests.analysis.reading import links, table
from tests.support import cast

pytestmark = pytest.mark.one_database


def test_a_prefecture_crosses_age_and_sex_with_every_total(crossed: Flask) -> None:
    found = table(ask(crossed, "doi", column1="sex").text)
    assert found[""] == ["年代", "男", "女", "その他", "不明", "未入力", "合計"]
    assert found["30代"] == ["11", "3", "0", "0", "0", "14"]
    assert found["40代"] == ["0", "11", "0", "0", "0", "11"]
    assert found["50代"] == ["0"] * 6  # 大阪 is not the prefecture's
    assert found["未入力"] == ["1", "0", "0", "0", "0", "1"]
    assert found["合計"] == ["12", "14", "0", "0", "0", "26"]


def test_a_health_centre_counts_its_own_cases_only(crossed: Flask) -> None:
    assert table(ask(crossed, "zaizen").text)["合計"] == ["2"]


def test_suspected_cases_are_counted_when_asked_for(crossed: Flask) -> None:
    found = table(ask(crossed, "doi", row1="diagnosis_type", of="all").text)
    assert found["疑似症患者"] == ["1"]


CELLS = (
    ({"as": "row_share", "column1": "sex"}, "30代", ["78.6", "21.4", "0.0", "0.0", "0.0", "100.0"]),
    ({"as": "column_share", "column1": "sex"}, "40代", ["0.0", "78.6", "–", "–", "–", "42.3"]),
    ({"as": "total_share"}, "40代", ["42.3"]),
    ({"measure": "died"}, "40代", ["1"]),
    ({"measure": "mean_age"}, "40代", ["41.0"]),
    ({"measure": "mean_age"}, "未入力", ["–"]),
    ({"measure": "median_age"}, "合計", ["35.0"]),
    ({"measure": "days.onset_on.reported_on"}, "30代", ["2.0"]),
    ({"row1": "age_years.band"}, "30–34歳", ["11"]),
    ({"row1": "onset_on.month"}, "未入力", ["23"]),
    ({"row1": "reported_on.week"}, "2021年第31週（8/2～）", ["26"]),
    ({"row1": "age_group", "row2": "sex"}, "30代 女", ["3"]),
)  # fmt: skip


def test_a_cell_says_what_was_asked(crossed: Flask) -> None:
    for question, row, cells in CELLS:
        found = table(ask(crossed, "doi", **question).text)
        assert found[row] == cells, question


def test_several_values_of_a_filter_are_all_let_in(crossed: Flask) -> None:
    answer = ask(crossed, "doi", **{"f.age_group": ["40s", "none"], "column1": "sex"})
    found = table(answer.text)
    assert set(found) == {"", "40代", "未入力", "合計"}
    assert found["合計"][-1] == "12"


def test_empty_months_are_there(crossed: Flask) -> None:
    answer = ask(crossed, "doi", row1="reported_on.month", **{"from": "2021-07-01"})
    assert table(answer.text)["2021/07"] == ["0"]


def test_the_largest_row_comes_first_when_asked_for(crossed: Flask) -> None:
    rows = list(table(ask(crossed, "doi", sort="most").text))
    assert rows[1:3] == ["30代", "40代"]


def test_per_100_000_uses_the_population_of_the_place(crossed: Flask) -> None:
    found = table(ask(crossed, "doi", row1="prefecture_code", **{"as": "per_100k"}).text)
    # 26 of about 14 million.
    assert found["東京都"] == ["0.2"]


def test_a_cell_leads_to_exactly_its_cases(crossed: Flask) -> None:
    answer = ask(crossed, "doi", column1="sex")
    wanted = [one for one in links(answer.text) if "age_group=30s" in one and "sex=female" in one]
    asked = parse_qs(urlsplit(wanted[0]).query)
    assert asked["reported_on_from"] == ["2021-08-01"]
    listed = cast.sign_in(crossed.test_client(), "doi").get(wanted[0])
    assert listed.status_code == 200
    assert listed.text.count("30代") + listed.text.count("35") >= 3
    assert "3件" in listed.text


def test_a_link_with_an_unknown_code_is_refused(crossed: Flask) -> None:
    client = cast.sign_in(crossed.test_client(), "doi")
    assert client.get("/cases/list/?sex=whatever").status_code == 400


WRONG: tuple[tuple[dict[str, str], str], ...] = (
    ({"row1": ""}, "row1"),
    ({"row2": "age_group"}, "row2"),
    ({"from": "2021-09-01"}, "to"),
    ({"from": "2009-01-01"}, "to"),
    ({"from": "2021-02-29"}, "from"),
    ({"measure": "mean_age", "as": "row_share"}, "as"),
    ({"row1": "number"}, "row1"),
    ({"row1": "residence"}, "row1"),
    ({"column1": "occupation_detail"}, "column1"),
    ({"column2": "person_id"}, "column2"),
)


def test_what_cannot_be_answered_is_said_at_its_field(crossed: Flask) -> None:
    for question, field in WRONG:
        answer = ask(crossed, "doi", **question)
        assert answer.status_code == 422, question
        assert f'<a href="#{field}">' in answer.text, question


def test_a_table_no_page_holds_is_not_made(crossed: Flask) -> None:
    answer = ask(crossed, "doi", column1="reported_on.day", **{"from": "2021-06-01"})
    assert answer.status_code == 422
    assert "analysis-table" not in answer.text


def test_what_no_form_asks_is_refused(crossed: Flask) -> None:
    for name in ("person_id", "row9", "f.residence", "f.number"):
        assert ask(crossed, "doi", **{name: "1"}).status_code == 400, name


def test_the_subject_can_be_changed_on_the_form(crossed: Flask) -> None:
    answer = ask(crossed, "doi", subject="lab_test", row1="lab_test.result", column1="sex")
    assert answer.status_code == 200
    # A basis of cases is not one of tests: the usual one of tests is taken.
    assert table(answer.text)["合計"][-1] == "0"
