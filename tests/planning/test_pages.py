"""The planning pages as people meet them."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.audit.models import ReadEntry
from app.core.db import db
from tests.planning.conftest import ASKED, LAST, add_sums
from tests.statistics.conftest import add_case, as_system, day
from tests.support import cast
from tests.support.pages import statements

pytestmark = pytest.mark.one_database


def ask(app: Flask, who: str, path: str = "", **asked: Any) -> Any:
    client = cast.sign_in(app.test_client(), who)
    return client.get(f"/planning/{path}", query_string=ASKED | asked)


def test_an_even_epidemic_has_the_number_one_and_goes_on_evenly(epidemic: Flask) -> None:
    html = ask(epidemic, "doi").text
    # 140 after 140: Wilson 0.4419–0.5581, ratio 0.7918–1.2630, to the power of 5/7.
    assert "<b>1.00 (0.85–1.18)</b>" in html
    assert "<b>20.0</b>" in html
    # 100 in hospital and 10 days of stay: 10 of 20 new cases are admitted each day.
    assert 'value="50"' in html
    assert "<b>100</b>" in html
    # Nobody is known to be severe: the share is the declared one, not none.
    assert 'value="1.6"' in html
    # Today is not over.
    assert "2021/08/19" in html
    assert "stroke-dasharray" in html


def test_each_sees_the_own_area_alone(epidemic: Flask) -> None:
    assert "<b>5.0</b>" in ask(epidemic, "oka", prefecture="27").text
    assert "<b>25.0</b>" in ask(epidemic, "oka").text
    assert "<b>20.0</b>" in ask(epidemic, "aoki").text
    quiet = ask(epidemic, "chiba")
    assert quiet.status_code == 200
    assert "<b>20.0</b>" not in quiet.text
    for path in ("", "beds/", "backtest", "clusters/", "delays/"):
        assert ask(epidemic, "doi", path, prefecture="27").status_code == 404
    for who in ("endo", "goto", "honda", "saito"):
        assert ask(epidemic, who).status_code in {302, 303, 403, 404}


WRONG = (
    ({"scenario": "own", "number": "0"}, "0"),
    ({"number": "-1.5"}, "-1.5"),
    ({"number": "二"}, "二"),
    ({"admitted": "130"}, "130"),
    ({"stay": "0"}, "0"),
    ({"severe": "abc"}, "abc"),
    ({"admitted": "5", "severe": "6"}, "6"),
    ({"delay": "3.5"}, "3.5"),
)


def test_a_wrong_number_is_told_at_its_field_and_stays_there(emptied: Flask) -> None:
    client = cast.sign_in(emptied.test_client(), "doi")
    for asked, kept in WRONG:
        answer = client.get("/planning/", query_string=ASKED | asked)
        assert answer.status_code == 400, asked
        assert "form-field--error" in answer.text, asked
        assert f'value="{kept}"' in answer.text, asked
    both = {"admitted": "60", "hotel": "50", "beds_1": "9", "severe_beds_1": "10"}
    beds = client.get("/planning/beds/", query_string=ASKED | both)
    assert beds.status_code == 400
    assert beds.text.count("form-field--error") == 2


def test_periods_that_cannot_be(emptied: Flask) -> None:
    for asked in (
        {"from": "2021-08-21", "to": "2021-08-22"},
        {"from": "2019-01-01"},
        {"from": "2021-08-19", "to": "2021-08-01"},
        {"from": "yesterday"},
    ):
        answer = ask(emptied, "doi", **asked)
        assert answer.status_code == 400, asked
        assert "form-field--error" in answer.text
    assert ask(emptied, "doi", person="1").status_code == 400
    assert ask(emptied, "doi", scenario="worst").status_code == 400


def test_no_case_one_day_and_a_stop_are_told(emptied: Flask) -> None:
    client = cast.sign_in(emptied.test_client(), "doi")
    for path in ("", "beds/", "backtest", "clusters/", "delays/"):
        assert client.get(f"/planning/{path}", query_string=ASKED).status_code == 200
    with as_system(emptied):
        add_sums("shinjuku", "13", "new_published", {LAST - timedelta(days=1): 9})
    one_day = client.get("/planning/", query_string=ASKED).text
    assert "<b>1." in one_day


def test_days_of_nothing_after_many_are_told(emptied: Flask) -> None:
    with as_system(emptied):
        add_sums("shinjuku", "13", "new_published", {LAST - timedelta(days=5): 90})
    assert "alert--warning" in ask(emptied, "doi").text
    # Asked for up to that day there is nothing to warn of.
    until = (LAST - timedelta(days=5)).isoformat()
    assert "alert--warning" not in ask(emptied, "doi", to=until).text


def phases(html: str) -> list[str]:
    """The rows of the first table: one per kind and phase."""
    table = html[html.index("planning-estimate") :].split("</table>", maxsplit=1)[0]
    return table.split("<tr>")[2:]


def test_beds_of_each_phase(epidemic: Flask) -> None:
    first, last, *severe = phases(ask(epidemic, "doi", "beds/").text)
    assert len(severe) == 2
    # 100 are in hospital: the 80 beds of the first phase are taken, the 150 of the last are not.
    assert ">80<" in first
    assert "tag--danger" in first
    assert ">150<" in last
    assert ">67%<" in last
    assert "tag--danger" not in last
    # With a number of two they are reached, on a day.
    growing = ask(epidemic, "doi", "beds/", scenario="own", number="2", delay="0").text
    assert "2021/08/2" in phases(growing)[1]


def test_a_page_is_a_fixed_number_of_statements(epidemic: Flask) -> None:
    most = {"": 10, "beds/": 15, "backtest": 13, "clusters/": 9, "delays/": 14}
    client = cast.sign_in(epidemic.test_client(), "doi")
    client.get("/planning/", query_string=ASKED)
    for path, limit in most.items():
        counts = []
        for asked in ({"from": "2021-06-20"}, {"from": "2020-08-20"}):
            with statements(epidemic) as sent:
                client.get(f"/planning/{path}", query_string=ASKED | asked)
            counts.append(len(sent))
        assert counts[0] == counts[1] <= limit, (path, counts)


def test_files_say_in_every_heading_that_they_are_estimates(epidemic: Flask) -> None:
    client = cast.sign_in(epidemic.test_client(), "doi")
    for path in ("download", "beds/download"):
        asked = ASKED | {"format": "csv"}
        csv = client.get(f"/planning/{path}", query_string=asked)
        heading, first, *_rest = csv.get_data().decode("utf-8-sig").splitlines()
        assert all("見込み" in name for name in heading.split(",")[1:])
        assert first.startswith("2021/08/20,20.0,")
        book = client.get(f"/planning/{path}", query_string=asked | {"format": "xlsx"})
        assert book.data[:2] == b"PK"
    assert (
        client.get("/planning/download", query_string=ASKED | {"format": "exe"}).status_code == 400
    )
    with as_system(epidemic):
        doors = db.session.scalars(select(ReadEntry.door)).all()
    assert doors.count("planning.download") == 4


def test_the_back_test_of_the_own_area(epidemic: Flask) -> None:
    html = ask(epidemic, "doi", "backtest").text
    assert "100.0%" in html
    empty = ask(epidemic, "chiba", "backtest")
    assert "100.0%" not in empty.text
    assert "alert--info" in empty.text


def test_delays_by_step_week_and_place(emptied: Flask) -> None:
    with as_system(emptied):
        for number in (1, 3, 5):
            add_case(onset_on=day(number), diagnosed_on=day(6), reported_on=day(6))
    html = ask(emptied, "doi", "delays/", step="onset_report").text
    # 5, 3 and 1 days: the middle one is 3; four of five are through after 5.
    assert (
        '<td class="cell--integer">3</td><td class="cell--integer">3</td><td class="cell--integer">5</td>'
        in html
    )
    assert "新宿区" in html
    assert ask(emptied, "doi", "delays/", step="sleep").status_code == 400
