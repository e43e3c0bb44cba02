"""Preparing, signing off, comparing and asking "as known then", through the pages."""

import re

import pytest
from flask import Flask
from sqlalchemy import select

from app.cases.service import grant_access
from app.core.db import db
from app.core.transaction import transaction
from app.jobs.models import JobRun
from app.jobs.runner import run_job
from app.publication.models import AreaCount, Publication
from app.security.actor import system_actor
from tests.publication.conftest import add_case, as_system, at, centre, day, publish, withdraw
from tests.support import cast
from tests.support.pages import send, statements

pytestmark = pytest.mark.one_database


@pytest.fixture
def quiet(emptied: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """Forms without CSRF tokens, which have tests of their own."""
    monkeypatch.setitem(emptied.config, "WTF_CSRF_ENABLED", False)
    return emptied


def test_figures_are_prepared_looked_at_and_signed_off(quiet: Flask) -> None:
    with as_system(quiet):
        add_case()
    client = cast.sign_in(quiet.test_client(), "doi")
    answer = send(client, "/publications/prepare", figures_on="2021/08/05", basis="reported")
    assert answer.status_code == 303
    work = answer.headers["Location"]
    with as_system(quiet):
        assert db.session.scalars(select(Publication)).all() == []  # nothing half made
        assert run_job(int(work.rsplit("/", 1)[1]))
    made = re.search(r'href="(/publications/\d+)"', client.get(work).text)
    assert made is not None
    address = made[1]
    page = client.get(address).text
    assert "公表前（確認中）" in page
    assert "東京都" in page
    assert client.get(f"{address}/sign-off").status_code == 200
    assert send(client, f"{address}/sign-off").status_code == 303
    assert "公表済み" in client.get(address).text
    assert send(client, f"{address}/sign-off").status_code == 422  # once is enough
    assert send(client, f"{address}/withdraw", reason="").status_code == 422
    assert send(client, f"{address}/withdraw", reason="二重公表").status_code == 303
    assert "二重公表" in client.get(address).text


def test_a_form_sent_twice_prepares_once(quiet: Flask) -> None:
    client = cast.sign_in(quiet.test_client(), "doi")
    token = "a" * 32
    values = {"figures_on": "2021/08/05", "basis": "reported"}
    first = send(client, "/publications/prepare", token=token, **values)
    second = send(client, "/publications/prepare", token=token, **values)
    assert first.headers["Location"] == second.headers["Location"]
    with as_system(quiet):
        (work,) = db.session.scalars(select(JobRun)).all()
        assert run_job(work.id)
        assert not run_job(work.id)
        assert len(db.session.scalars(select(Publication)).all()) == 1


@pytest.mark.parametrize(
    "typed", [{"figures_on": "2021/02/29"}, {"figures_on": ""}, {"figures_on": "2099/01/01"}]
)
def test_what_is_wrong_is_said_at_its_field_and_stays_typed(
    quiet: Flask, typed: dict[str, str]
) -> None:
    client = cast.sign_in(quiet.test_client(), "doi")
    answer = send(client, "/publications/prepare", basis="onset", **typed)
    assert answer.status_code == 422
    assert f'value="{typed["figures_on"]}"' in answer.text
    assert re.search(r'value="onset"[^>]*checked|checked[^>]*value="onset"', answer.text)


def test_two_publications_are_compared(quiet: Flask) -> None:
    with as_system(quiet):
        with at(5):
            add_case()
            one = publish(day(5)).id
        with at(6):
            add_case(reported_on=day(6))
            two = publish(day(6)).id
    client = cast.sign_in(quiet.test_client(), "oka")
    page = client.get(f"/publications/{one}/compare?with={two}")
    assert page.status_code == 200
    assert "+1" in page.text
    assert client.get(f"/publications/{one}/compare?with=999").status_code == 404
    assert client.get(f"/publications/{one}/compare?with=x").status_code == 400


def test_the_difference_is_told_to_those_whose_figures_they_are(quiet: Flask) -> None:
    with as_system(quiet):
        with at(3):
            case = add_case(reported_on=day(3))
            made = publish(day(3)).id
        with at(9):
            for _ in range(2):
                add_case(reported_on=day(3))
            withdraw(case)
    for who, told in (("doi", True), ("oka", True), ("ito", False), ("aoki", False)):
        page = cast.sign_in(quiet.test_client(), who).get(f"/publications/{made}").text
        assert ("遅れて把握 2" in page) is told, who
        assert ("取下げ 1" in page) is told, who


def test_a_past_day_is_shown_as_known_then_and_now(quiet: Flask) -> None:
    with as_system(quiet):
        with at(5):
            add_case()
        with at(9):
            met, unmet = add_case(), add_case()
            with transaction():
                grant_access(met, centre("shinjuku").id, "responsible", by=system_actor("tests"))
            late, strange = met.id, unmet.id
    client = cast.sign_in(quiet.test_client(), "aoki")
    query = "first=2021/08/05&last=2021/08/05&known=2021/08/06"
    with statements(quiet) as sent:
        page = client.get(f"/as-known/?{query}").text
    assert "遅れて把握 2" in page
    assert f"/cases/show/{late}" in page
    assert f"/cases/show/{strange}" not in page
    assert len(sent) <= 26, sent
    ministry = cast.sign_in(quiet.test_client(), "oka").get(f"/as-known/?{query}").text
    assert "遅れて把握 2" in ministry
    assert f"/cases/show/{late}" not in ministry
    other = cast.sign_in(quiet.test_client(), "chiba").get(f"/as-known/?{query}").text
    assert "遅れて把握" not in other
    assert cast.sign_in(quiet.test_client(), "endo").get(f"/as-known/?{query}").status_code == 403


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("first=2021/08/09&last=2021/08/05", 400),
        ("known=2099/01/01", 400),
        ("first=x", 400),
        ("forged=1", 400),
        ("basis=forged", 400),
        ("first=2010/01/01&last=2021/01/01", 400),
        ("first=2020/02/29&last=2020/02/29&known=2020/02/29", 200),
        ("prefecture=27", 404),
    ],
)
def test_questions_that_cannot_be_answered_say_so(
    quiet: Flask, frozen_clock: object, query: str, status: int
) -> None:
    client = cast.sign_in(quiet.test_client(), "doi")
    assert client.get(f"/as-known/?{query}").status_code == status


def test_the_area_enters_its_tests_and_calls(quiet: Flask, frozen_clock: object) -> None:
    client = cast.sign_in(quiet.test_client(), "doi")
    values = {"counted_on": "2021/08/05", "people_tested": "120", "calls": "0"}
    assert send(client, "/publications/counts/add", **values).status_code == 303
    assert send(client, "/publications/counts/add", **values).status_code == 422
    assert send(client, "/publications/counts/add", counted_on="2021/08/06").status_code == 422
    with as_system(quiet):
        (row,) = db.session.scalars(select(AreaCount)).all()
        assert (row.prefecture_code, row.authority_id, row.people_tested) == ("13", 0, 120)
        key = row.id
    assert client.get(f"/publications/counts/show/{key}").status_code == 200
    foreign = cast.sign_in(quiet.test_client(), "ito")
    assert foreign.get(f"/publications/counts/show/{key}").status_code == 404
