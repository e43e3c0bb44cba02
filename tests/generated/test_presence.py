"""Two people with one form open know of each other; nobody is kept from working."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.core import clock
from app.core.db import db
from app.generated.models import OpenForm
from app.generated.presence import others_editing, purge_open_forms
from app.security.actor import acting_as, system_actor
from tests.support import cast
from tests.support.pages import statements
from tests.support.reading import form_of

Visit = Callable[[str], FlaskClient]
BABA = "馬場 二葉さんがこの画面を開いています"
STRANGER = "他機関の利用者がこの画面を開いています"


@pytest.fixture
def url(app: Flask) -> str:
    with app.app_context():
        return f"/lab-tests/edit/{cast.own_episode().lab_test}"


def open_forms(app: Flask) -> int:
    with app.app_context(), acting_as(system_actor("test")):
        return len(db.session.scalars(select(OpenForm)).all())


def test_the_second_of_an_office_reads_who_is_there_already(visit: Visit, url: str) -> None:
    baba, aoki = visit("baba"), visit("aoki")
    assert BABA not in baba.get(url).text
    assert BABA in aoki.get(url).text
    assert aoki.post(f"{url}/open").json == {"others": [f"同じ機関の{BABA}。"]}


def test_people_of_other_institutions_are_told_of_without_a_name(app: Flask, visit: Visit) -> None:
    with app.app_context():
        url = f"/stays/edit/{cast.own_episode().stay}"
    visit("baba").get(url)
    page = visit("fujii").get(url).text
    assert STRANGER in page
    assert "馬場" not in page


def test_who_saved_or_left_is_not_told_of(app: Flask, visit: Visit, url: str) -> None:
    baba, aoki = visit("baba"), visit("aoki")
    assert baba.post(url, data=form_of(baba.get(url).text)).status_code == 303
    assert BABA not in aoki.get(url).text
    with app.app_context():
        key = cast.own_episode().case
        with acting_as(cast.actor("baba")) as actor:
            others_editing("case", key, by=actor)
        later = clock.now() + timedelta(minutes=3, seconds=1)
        with clock.frozen_at(later), acting_as(cast.actor("aoki")) as actor:
            assert others_editing("case", key, by=actor) == ()
            assert purge_open_forms() >= 1


def test_the_question_of_the_page_obeys_the_law_and_keeps_nobody_signed_in(
    app: Flask, visit: Visit, url: str
) -> None:
    assert visit("zaizen").post(f"{url}/open").status_code == 404
    assert visit("doi").post(f"{url}/open").status_code in {403, 404}
    aoki = visit("aoki")
    with aoki.session_transaction() as session:
        session["seen_at"] = before = session["seen_at"] - 300
    assert aoki.post(f"{url}/open").status_code == 200
    with aoki.session_transaction() as session:
        assert session["seen_at"] == before


def test_only_the_form_of_a_record_asks(app: Flask, visit: Visit, url: str) -> None:
    aoki = visit("aoki")
    pages = (url.replace("edit", "show"), "/lab-tests/list/", "/cases/list/", "/")
    for page in pages:
        with statements(app) as sent:
            assert aoki.get(page).status_code == 200
        assert [s for s in sent if "open_form" in str(s)] == []
    assert open_forms(app) == 0
