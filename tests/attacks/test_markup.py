"""What somebody typed is text on every page: stored anywhere, or sent back at once.

The same walk looks at what every answer carries.
"""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.attacks.doors import open_to
from tests.attacks.planting import plant, text_items
from tests.attacks.protection import is_protected
from tests.attacks.reading import Page
from tests.support import cast

pytestmark = pytest.mark.one_database

MARKUP = "\"'><m-x y=z>"
"""Leaves an attribute in either quotes, and begins an element nobody else uses."""
READERS = ("aoki", "endo", "goto", "mori", "doi", "oka", "saito", "hogo")


def is_text(answer: TestResponse, where: object) -> int:
    """Nothing of the markup became an element; how often it stands on the page as text."""
    if answer.mimetype not in {"text/html", "image/svg+xml"}:
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        return 0
    page = Page(answer.text)
    assert "m-x" not in page.elements, where
    assert "m-x" not in page.attributes, where
    return answer.text.count("m-x y=z")


@pytest.mark.parametrize("who", READERS)
def test_markup_in_every_text_of_every_record_is_shown_as_text(app: Flask, who: str) -> None:
    with app.app_context():
        episode = cast.own_episode()
        planted = plant(MARKUP)
    assert len(planted) > 60
    client = cast.sign_in(app.test_client(), who)
    shown = asked = 0
    for door in open_to(app, who, episode, "GET"):
        answer = client.get(door.path, buffered=True)
        assert answer.status_code < 500, (who, door.endpoint)
        shown += is_text(answer, (who, door.endpoint))
        is_protected(answer, door.endpoint)
        asked += 1
    assert shown > 3, who
    assert asked > (120 if who == "aoki" else 20)


def test_the_list_of_places_has_every_text_of_the_forms(app: Flask) -> None:
    places = {f"{table.name}.{item.name}" for table, item in text_items()}
    assert {"person.name", "person.kana", "person.address", "case_record.remarks"} <= places
    assert {"institution.name", "contact.remarks", "paper_scan.note"} & places


@pytest.mark.parametrize("who", ["aoki", "endo", "saito", "hogo", "mori"])
def test_markup_sent_to_any_form_comes_back_as_text(
    app: Flask, who: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    for kind in ("search", "upload"):
        monkeypatch.setitem(app.config["RATE_LIMITS"], kind, "10000 per 5 minutes")
    with app.app_context():
        episode = cast.own_episode()
    client = cast.sign_in(app.test_client(), who)
    pages = 0
    for door in open_to(app, who, episode, "POST"):
        # Ends the session one walks with.
        if door.endpoint.startswith(("AuthView", "ActivationView", "Token")):
            continue
        answer = sent_back(client, door.path)
        assert answer.status_code < 500, (who, door.endpoint, answer.status_code)
        is_text(answer, (who, door.endpoint))
        pages += answer.status_code == 422
    assert pages > 1, who


def test_markup_at_the_doors_of_strangers_comes_back_as_text(app: Flask) -> None:
    client = app.test_client()
    for path in ("/login/", "/activate"):
        page = Page(client.get(path).text)
        token = dict(page.fields)["csrf_token"]
        typed = dict.fromkeys(page.names, MARKUP) | {"csrf_token": token}
        assert is_text(client.post(path, data=typed), path) >= 1


@pytest.mark.parametrize("path", ["/cases/list/", "/nowhere/", "/login/", "/statistics/", "/lang/"])
def test_markup_in_an_address_comes_back_as_text(app: Flask, path: str) -> None:
    client: FlaskClient = cast.sign_in(app.test_client(), "aoki")
    for address in (f"{path}{MARKUP}", f"{path}?{MARKUP}={MARKUP}", f"{path}?sort={MARKUP}"):
        is_text(client.get(address), address)


def sent_back(client: FlaskClient, path: str) -> TestResponse:
    """Every field of the page's forms filled with markup, sent."""
    shown = client.get(path, buffered=True)
    names = Page(shown.text).names if shown.mimetype == "text/html" else set()
    hidden = {"csrf_token", "form_token_", "row_version_", "base_"}
    typed = dict.fromkeys((names or {"remarks", "name", "note", "reason"}) - hidden, MARKUP)
    typed["row_version_"] = "1"
    return client.post(path, data=typed, buffered=True)
