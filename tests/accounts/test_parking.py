"""A form sent after the session ended: log in again, the typed form is still there."""

import re
from datetime import timedelta
from html import unescape

import pytest
from flask import Flask

from app.accounts.models import ParkedForm
from app.accounts.parking import purge_parked
from app.core.clock import frozen_at
from app.core.db import db
from app.security.actor import acting_as, system_actor
from tests.support.cast import own_episode
from tests.support.clock import NOON
from tests.support.visitor import ORIGIN, Visitor, token_of


def parked_forms(app: Flask) -> list[ParkedForm]:
    with app.app_context(), acting_as(system_actor("test")):
        return list(db.session.scalars(db.select(ParkedForm)))


def send_late(visitor: Visitor, path: str = "/notes/7", text: str = "発熱 38.5") -> str:
    """Open a form, let the session end, send it; where the browser is led."""
    token = token_of(visitor.get(path).text)
    visitor.wait(minutes=31)
    answer = visitor.send(path, token, text=text)
    assert answer.status_code == 303
    return answer.headers["Location"]


def test_the_typed_form_is_there_after_logging_in_again(visitor: Visitor, portal: Flask) -> None:
    visitor.enrol()
    login = send_late(visitor)
    assert login == "/login/?next=/notes/7?parked%3D1"
    back = visitor.log_in(target=login).headers["Location"]
    assert back == "/notes/7?parked=1"
    assert "発熱 38.5</textarea>" in visitor.get(back).text
    assert "発熱" not in visitor.get(back).text
    assert parked_forms(portal) == []


def test_nothing_typed_stands_in_address_or_cookie(visitor: Visitor) -> None:
    visitor.enrol()
    login = send_late(visitor, text="yamada")
    cookie = visitor.client.get_cookie("hersys")
    assert "yamada" not in login
    assert cookie is not None
    with visitor.client.session_transaction() as session:
        assert "yamada" not in str(dict(session))


def test_another_user_never_gets_it(visitor: Visitor, portal: Flask) -> None:
    visitor.enrol()
    other = Visitor(portal, "baba")
    other.client = visitor.client
    login = send_late(visitor)
    other.clock = visitor.clock
    other.enrol(target=login)
    assert "発熱" not in other.get("/notes/7?parked=1").text
    assert len(parked_forms(portal)) == 1


def test_it_does_not_fill_the_form_of_another_record(visitor: Visitor) -> None:
    visitor.enrol()
    visitor.log_in(target=send_late(visitor, path="/notes/7?person=1"))
    assert "発熱" not in visitor.get("/notes/8?person=1&parked=1").text
    assert "発熱" not in visitor.get("/notes/7?person=2&parked=1").text
    assert "発熱" in visitor.get("/notes/7?person=1&parked=1").text


def test_it_is_gone_after_an_hour(visitor: Visitor, portal: Flask) -> None:
    visitor.enrol()
    login = send_late(visitor)
    visitor.wait(minutes=61)
    visitor.log_in(target=login)
    assert "発熱" not in visitor.get("/notes/7?parked=1").text
    with portal.app_context(), frozen_at(visitor.clock + timedelta(minutes=1)):
        assert purge_parked() == 1


def test_a_form_of_the_window_next_door_survives_a_logout(visitor: Visitor) -> None:
    visitor.enrol()
    token = token_of(visitor.get("/notes/7").text)
    visitor.log_out()
    login = visitor.send("/notes/7", token, text="咳").headers["Location"]
    back = visitor.log_in(target=login).headers["Location"]
    assert "咳</textarea>" in visitor.get(back).text


def test_a_form_older_than_the_present_session_is_shown_again(visitor: Visitor) -> None:
    visitor.enrol()
    token = token_of(visitor.get("/notes/7").text)
    visitor.log_out()
    visitor.log_in()
    answer = visitor.send("/notes/7", token, text="咳")
    assert answer.headers["Location"] == "/notes/7?parked=1"
    assert "咳</textarea>" in visitor.get("/notes/7?parked=1").text


def test_forms_from_elsewhere_are_not_kept(visitor: Visitor, portal: Flask) -> None:
    visitor.enrol()
    evil = {"Origin": "https://evil.example"}
    with frozen_at(visitor.clock):
        signed_in = visitor.client.post("/notes/7", data={"text": "x"}, headers=evil)
    visitor.wait(minutes=31)
    with frozen_at(visitor.clock):
        late = visitor.client.post("/notes/7", data={"text": "x"}, headers=evil)
    assert signed_in.status_code == 400
    assert late.headers["Location"] == "/login/"
    assert parked_forms(portal) == []


def test_strangers_and_large_forms_are_not_kept(visitor: Visitor, portal: Flask) -> None:
    visitor.client.post("/notes/7", data={"text": "x"}, headers=ORIGIN)
    visitor.enrol()
    send_late(visitor, text="あ" * 200_001)
    assert parked_forms(portal) == []


def test_passwords_and_tokens_are_not_kept(visitor: Visitor, portal: Flask) -> None:
    visitor.enrol()
    token = token_of(visitor.get("/notes/7").text)
    visitor.wait(minutes=31)
    visitor.send("/notes/7", token, text="咳", new_password="secret")
    assert [form.payload for form in parked_forms(portal)] == [[["text", "咳"]]]


def test_a_user_keeps_ten_forms_at_most(visitor: Visitor, portal: Flask) -> None:
    visitor.enrol()
    token = token_of(visitor.get("/notes/7").text)
    visitor.wait(minutes=31)
    for key in range(12):
        visitor.wait(seconds=1)
        visitor.send(f"/notes/{key}", token, text="x")
    assert {form.path for form in parked_forms(portal)} == {f"/notes/{k}" for k in range(2, 12)}


@pytest.mark.one_database
def test_a_case_typed_for_too_long_is_not_lost(app: Flask) -> None:
    """The same with a generated form over a real case."""
    with app.app_context():
        path = f"/cases/edit/{own_episode().case}"
    aoki = Visitor(app)
    aoki.clock = NOON
    aoki.enrol()
    page = aoki.get(path).text
    fields = hidden_fields(page) | {"remarks": "電話がつながらない"}
    aoki.wait(minutes=31)
    login = aoki.send(path, fields.pop("csrf_token"), **fields).headers["Location"]
    back = aoki.log_in(target=login).headers["Location"]
    again = aoki.get(back).text
    assert "電話がつながらない</textarea>" in again
    assert hidden_fields(again)["row_version_"] == fields["row_version_"]


def hidden_fields(html: str) -> dict[str, str]:
    """Name → value of the hidden inputs of a form on the page."""
    inputs = [tag for tag in re.findall(r"<input[^>]*>", html) if 'type="hidden"' in tag]
    pairs = [
        (re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)) for tag in inputs
    ]
    return {unescape(n[1]): unescape(v[1]) for n, v in pairs if n and v}
