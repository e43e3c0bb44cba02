"""The page of chains: what each role sees of whom, and what it costs."""

import io
import itertools

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select

from app.audit.models import ReadEntry
from app.core.db import db
from app.security.actor import acting_as, system_actor
from tests.chains.making import cases, link, number_of
from tests.support import cast
from tests.support.pages import statements

pytestmark = pytest.mark.usefixtures("frozen_clock")
PERIOD = "from=2021-08-01&to=2021-08-20"


@pytest.fixture(autouse=True)
def _without_form_tokens(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)


@pytest.fixture
def nurse(app: Flask) -> FlaskClient:
    return cast.sign_in(app.test_client(), "baba")


def page(client: FlaskClient, query: str = PERIOD) -> str:
    answer = client.get(f"/chains/?{query}")
    assert answer.status_code == 200, answer.text
    return answer.text


def test_a_nurse_sees_who_infected_whom_by_number_day_generation_and_setting(
    app: Flask, nurse: FlaskClient
) -> None:
    first, second, third = cases(app, [2, 5, 8])
    link(app, (first, second), (second, third))
    text = page(nurse)
    for key in (first, second, third):
        assert f'href="/cases/show/{key}"' in text
    words = f"{number_of(app, third)} ・ 発症 2021/08/09 ・ 第2世代"
    assert words in text
    assert "会食" in text
    assert "連鎖 2" in text  # Names stand in the table, for those to whom people exist.


def test_headquarters_see_numbers_and_never_a_name(app: Flask) -> None:
    first, second = cases(app, [2, 5])
    link(app, (first, second))
    for who in ("ito", "doi", "niida"):
        text = page(cast.sign_in(app.test_client(), who))
        assert number_of(app, second) in text, who
        assert "第1世代" in text
        assert "連鎖 1" not in text
        assert "レンサ" not in text


def test_a_foreign_case_in_a_chain_does_not_exist(app: Flask, nurse: FlaskClient) -> None:
    first, last = cases(app, [2, 8])
    (foreign,) = cases(app, [5], place="osaka")
    link(app, (first, foreign), (foreign, last))
    text = page(nurse)
    assert number_of(app, foreign) not in text
    assert f"/cases/show/{foreign}" not in text
    # Nor does the chain lead on through it, neither in the period nor from a case.
    assert "連鎖 0" not in text
    assert "連鎖 1" not in text
    alone = page(nurse, f"case={first}")
    assert number_of(app, last) not in alone
    assert nurse.get(f"/chains/?case={foreign}").status_code == 404
    whole = page(cast.sign_in(app.test_client(), "niida"))
    assert number_of(app, foreign) in whole


def test_a_foreign_link_is_not_told_to_the_headquarters_of_one_of_the_two(app: Flask) -> None:
    (own,) = cases(app, [2])
    (foreign,) = cases(app, [5], place="osaka")
    link(app, (own, foreign))
    text = page(cast.sign_in(app.test_client(), "doi"))
    assert number_of(app, foreign) not in text


def test_the_chain_of_one_case_is_whole_whatever_the_period(app: Flask, nurse: FlaskClient) -> None:
    chain = cases(app, [-200, -190, 3, None])
    link(app, *itertools.pairwise(chain))
    other = cases(app, [3, 4])
    link(app, (other[0], other[1]))
    text = page(nurse, f"case={chain[2]}")
    for key in chain:
        assert number_of(app, key) in text
    assert number_of(app, other[0]) not in text
    assert f"/chains/?case={chain[0]}" in nurse.get(f"/cases/show/{chain[0]}").text


def test_the_other_end_of_a_link_is_shown_though_it_lies_outside_the_period(
    app: Flask, nurse: FlaskClient
) -> None:
    early, late = cases(app, [-100, 5])
    link(app, (early, late))
    assert f"{number_of(app, early)}" in page(nurse)
    assert "条件外" in page(nurse)
    assert number_of(app, early) not in page(nurse, "from=2021-08-19&to=2021-08-20")


def test_links_in_a_circle_are_drawn_and_pointed_out(app: Flask, nurse: FlaskClient) -> None:
    first, second = cases(app, [2, 5])
    link(app, (first, second), (second, first))
    text = page(nurse)
    assert number_of(app, first) in text
    assert "自身に戻る" in text


def test_the_statements_do_not_grow_with_the_cases(app: Flask, nurse: FlaskClient) -> None:
    few = cases(app, [1, 2])
    link(app, (few[0], few[1]))
    page(nurse)
    with statements(app) as before:
        page(nurse)
    many = cases(app, [n % 18 for n in range(60)])
    link(app, *((many[(n - 1) // 3], many[n]) for n in range(1, 60)))
    with statements(app) as after:
        page(nurse)
    assert len(after) == len(before) <= 14


def test_the_people_named_on_the_page_are_kept_as_looked_at(app: Flask, nurse: FlaskClient) -> None:
    first, second = cases(app, [2, 5])
    link(app, (first, second))
    page(nurse)
    with app.app_context(), acting_as(system_actor("test")):
        entry = db.session.scalars(
            select(ReadEntry).where(ReadEntry.door == "chain.show").order_by(ReadEntry.id)
        ).first()
        assert entry is not None
        assert entry.record_count == 2


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("from=2021-08-20&to=2021-08-01", 422),
        ("from=2019-01-01&to=2021-08-01", 422),
        ("from=きのう&to=2021-08-01", 422),
        ("page=0", 400),
        ("page=x", 400),
        ("name=山田", 400),
        ("case=abc", 400),
        ("case=987654", 404),
    ],
)
def test_what_cannot_be_asked_is_refused_in_words(
    nurse: FlaskClient, query: str, status: int
) -> None:
    assert nurse.get(f"/chains/?{query}").status_code == status


def test_era_dates_and_full_width_signs_are_read(app: Flask, nurse: FlaskClient) -> None:
    first, second = cases(app, [2, 5])
    link(app, (first, second))
    assert number_of(app, first) in page(nurse, "from=Ｒ３．８．１&to=令和3年8月20日")


@pytest.mark.parametrize(
    ("format_", "begins"), [("svg", b"<?xml"), ("png", b"\x89PNG"), ("pdf", b"%PDF")]
)
def test_the_picture_leaves_as_a_file_with_numbers_alone(
    app: Flask, nurse: FlaskClient, format_: str, begins: bytes
) -> None:
    first, second = cases(app, [2, 5])
    link(app, (first, second))
    answer = nurse.get(f"/chains/download?{PERIOD}&format={format_}")
    assert answer.status_code == 200
    assert answer.data.startswith(begins)
    if format_ == "svg":
        assert number_of(app, second) in answer.text
        assert "連鎖 " not in answer.text
        assert "/cases/show" not in answer.text
    with app.app_context(), acting_as(system_actor("test")):
        entry = db.session.scalars(
            select(ReadEntry).where(ReadEntry.door == "chain.export")
        ).first()
        assert entry is not None
        assert entry.record_count == 2


def test_the_table_leaves_as_a_workbook_of_typed_cells(app: Flask, nurse: FlaskClient) -> None:
    first, second = cases(app, [2, 5])
    link(app, (first, second))
    answer = nurse.get(f"/chains/download?{PERIOD}&format=xlsx")
    sheet = load_workbook(io.BytesIO(answer.data)).worksheets[1]
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[1][1] == number_of(app, first)
    assert rows[2][2] == 1
    assert rows[2][5] == number_of(app, first)
    assert rows[2][3].year == 2021
    assert "連鎖 0" not in str(rows)
