"""Walking through a list shows each row exactly once, forward and backward, in every order."""

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from urllib.parse import unquote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.cases.models import Case
from app.cases.service import grant_access
from app.core.db import db
from app.core.transaction import transaction
from app.generated.views import VIEWS
from app.persons.models import Person
from app.security.actor import acting_as, system_actor
from tests.support import cast
from tests.support.reading import links_of

Visit = Callable[[str], FlaskClient]
ORDERS = [
    "",
    *(
        f"sort={item}&direction={way}"
        for item in ("onset_on", "reported_on")
        for way in ("asc", "desc")
    ),
]


def sixty_cases() -> None:
    """With equal, missing and different days; every third named 佐藤."""
    own = cast.own_episode()
    with acting_as(system_actor("test")) as by, transaction() as session:
        first = session.get(Case, own.case)
        assert first is not None
        for number in range(60):
            name = "佐藤 次郎" if number % 3 == 0 else "鈴木 三郎"
            kana = "サトウ ジロウ" if number % 3 == 0 else "スズキ サブロウ"
            case = Case(
                person=Person(name=name, kana=kana),
                number=f"{90000000 + number}",
                disease_id=first.disease_id,
                prefecture_code="13",
                first_prefecture_code="13",
                onset_on=None if number % 4 == 0 else date(2021, 8, 1) + timedelta(number // 7),
                reported_on=None if number % 2 else date(2021, 8, 1),
            )
            session.add(case)
            session.flush()
            grant_access(case, first.responsible_centre_id or 0, "responsible", by=by)


def numbers(html: str) -> list[str]:
    return re.findall(r'<th scope="row"[^>]*>.*?<a [^>]*href="/cases/show/(\d+)"', html, re.DOTALL)


def neighbour(html: str, which: str) -> str | None:
    for link in links_of(html):
        if f"{which}=" in link and "/list/" in link:
            return link
    return None


def walk(client: FlaskClient, start: str, which: str) -> Iterator[str]:
    url: str | None = start
    while url:
        html = client.get(url).text
        yield html
        url = neighbour(html, which)


@pytest.mark.parametrize("order", ORDERS)
def test_each_row_comes_once_in_both_directions(app: Flask, visit: Visit, order: str) -> None:
    view = VIEWS["case"]
    view.page_size, size = 7, view.page_size
    try:
        with app.app_context():
            sixty_cases()
            with acting_as(cast.actor("aoki")):
                everything = {str(key) for key in db.session.scalars(select(Case.id))}
        aoki = visit("aoki")
        pages = list(walk(aoki, f"/cases/list/?{order}", "after"))
        forward = [key for html in pages for key in numbers(html)]
        assert len(forward) == len(everything) == 61
        assert set(forward) == everything
        back = [numbers(html) for html in walk(aoki, _last_address(aoki, order), "before")]
        assert [key for page in reversed(back) for key in page] == forward
    finally:
        view.page_size = size


def _last_address(client: FlaskClient, order: str) -> str:
    address = f"/cases/list/?{order}"
    while following := neighbour(client.get(address).text, "after"):
        address = following
    return address


def test_a_count_ends_at_its_limit(
    app: Flask, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        sixty_cases()
    aoki = visit("aoki")
    assert "61件" in aoki.get("/cases/list/").text
    monkeypatch.setitem(app.config, "COUNT_LIMIT", 50)
    html = aoki.get("/cases/list/").text
    assert "50件を超え" in html or "50件超" in html or "50件以上" in html
    assert "61件" not in html


def test_a_search_by_name_pages_without_the_name_in_any_address(app: Flask, visit: Visit) -> None:
    view = VIEWS["case"]
    view.page_size, size = 7, view.page_size
    try:
        with app.app_context():
            sixty_cases()
        aoki = visit("aoki")
        terms = {"person__kana": "さとう"}
        answer = aoki.post("/cases/list/", data=terms)
        assert answer.status_code == 200
        seen = numbers(answer.text)
        while url := neighbour(answer.text, "after"):
            for link in links_of(answer.text):
                for word in ("さとう", "サトウ", "佐藤"):
                    assert word not in unquote(link)
            answer = aoki.post(url, data=terms)
            seen += numbers(answer.text)
        assert len(seen) == len(set(seen)) == 20
    finally:
        view.page_size = size
