"""Activation: a code opens an account once, and says nothing to those who guess."""

import re
from datetime import timedelta

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.accounts.activation import Opened, begin_activation, finish_activation
from app.accounts.models import Account, ActivationCode
from app.accounts.service import issue_activation_code, reset_account
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidInput, InvalidState
from app.security.actor import acting_as
from tests.accounts.administration import TESTS, facts, issued, key_of, send
from tests.support import cast

NEW = "ajisai to hydrangea"


def begin(client: FlaskClient, username: str, code: str) -> str:
    """Send name and code; where that leads, or the words of the refusal."""
    answer = send(client, "/activate", username=username, code=code)
    if answer.status_code == 303:
        return answer.location
    assert answer.status_code == 422
    found = re.search(r"<ul><li>(.*?)</li>", answer.text)
    assert found is not None
    return found[1]


def test_code_password_authenticator_and_in(app: Flask) -> None:
    code = issued(app)
    client = app.test_client()
    assert begin(client, "newcomer", code.lower().replace("-", " ")) == "/activate/password"
    answer = send(client, "/activate/password", password=NEW, password_again=NEW)
    assert answer.location == "/login/enrol"
    assert 'class="mono secret"' in client.get("/login/enrol").text
    known = facts(app, "newcomer")
    assert not known["awaits_activation"]
    assert known["first_activated_at"] is not None


def test_a_code_works_once_and_not_after_a_newer_one(app: Flask) -> None:
    first = issued(app)
    with app.app_context():
        by = cast.actor("ueda")
        with acting_as(by):
            account = db.session.get_one(Account, key_of(app, "newcomer"))
            second = issue_activation_code(account, by=by)
        assert begin_activation("newcomer", first) is None
        opened = begin_activation("newcomer", second)
        assert opened is not None
        finish_activation(opened, NEW)
        assert begin_activation("newcomer", second) is None
        with pytest.raises(InvalidState):
            finish_activation(opened, NEW)


def test_a_code_replaced_between_the_two_pages_is_refused(app: Flask) -> None:
    code = issued(app)
    client = app.test_client()
    begin(client, "newcomer", code)
    with app.app_context():
        by = cast.actor("ueda")
        with acting_as(by):
            issue_activation_code(db.session.get_one(Account, key_of(app, "newcomer")), by=by)
    answer = client.get("/activate/password")
    assert answer.location == "/activate"


def test_a_code_expires(app: Flask) -> None:
    code = issued(app)
    start = clock.now()
    with app.app_context():
        with clock.frozen_at(start + timedelta(days=13, hours=23)):
            opened = begin_activation("newcomer", code)
            assert opened is not None
        with clock.frozen_at(start + timedelta(days=14, minutes=1)):
            assert begin_activation("newcomer", code) is None
            with pytest.raises(InvalidState):
                finish_activation(opened, NEW)


def test_a_weak_password_does_not_spend_the_code(app: Flask) -> None:
    code = issued(app)
    with app.app_context():
        opened = begin_activation("newcomer", code)
        assert opened is not None
        for weak in ("short", "password1234", "newcomer-is-here"):
            with pytest.raises(InvalidInput):
                finish_activation(opened, weak)
        finish_activation(opened, NEW)


def test_passwords_that_differ_are_refused_at_the_field(app: Flask) -> None:
    code = issued(app)
    client = app.test_client()
    begin(client, "newcomer", code)
    answer = send(client, "/activate/password", password=NEW, password_again=NEW + "x")
    assert answer.status_code == 422
    assert "2つのパスワードが一致しません" in answer.text
    assert NEW not in answer.text


def test_the_code_is_kept_as_a_hash_only(app: Flask) -> None:
    code = issued(app)
    with app.app_context(), acting_as(TESTS):
        stored = db.session.scalars(select(ActivationCode)).one()
        assert code.replace("-", "") not in str(vars(stored)).replace("-", "")
        assert len(stored.code_hash) == 64


@pytest.mark.parametrize(
    ("username", "code"),
    [
        ("newcomer", "WRNG-WRNG-WRNG-WRNG"),
        ("nobody", "WRNG-WRNG-WRNG-WRNG"),
        ("ueda", "WRNG-WRNG-WRNG-WRNG"),
    ],
)
def test_every_refusal_reads_the_same(app: Flask, username: str, code: str) -> None:
    issued(app)
    words = begin(app.test_client(), username, code)
    assert words == begin(app.test_client(), "fujii", "ABCD-ABCD-ABCD-ABCD")


def test_codes_cannot_be_tried_without_end(app: Flask) -> None:
    code = issued(app)
    with app.app_context():
        for _ in range(5):
            assert begin_activation("newcomer", "WRNG-WRNG-WRNG-WRNG") is None
        assert begin_activation("newcomer", code) is None
        with clock.frozen_at(clock.now() + timedelta(minutes=16)):
            assert begin_activation("newcomer", code) is not None


def test_no_password_opens_an_account_that_was_never_activated(app: Flask) -> None:
    code = issued(app)
    for password in ("", code, "x" * 20):
        answer = send(app.test_client(), "/login/", username="newcomer", password=password)
        assert answer.status_code == 422


def test_a_forged_step_does_not_skip_the_code(app: Flask) -> None:
    issued(app)
    with app.app_context(), pytest.raises(InvalidState):
        finish_activation(Opened(key_of(app, "newcomer"), "0" * 64), NEW)
    assert app.test_client().get("/activate/password").location == "/activate"


def test_a_reset_needs_a_new_activation_and_is_told_at_the_next_login(app: Flask) -> None:
    with app.app_context():
        by = cast.actor("ueda")
        with acting_as(by):
            code = reset_account(db.session.get_one(Account, key_of(app, "fujii")), by=by)
    client = app.test_client()
    assert send(client, "/login/", username="fujii", password=cast.PASSWORD).status_code == 422
    assert begin(client, "fujii", code) == "/activate/password"
    send(client, "/activate/password", password=NEW, password_again=NEW)
    page = client.get("/login/enrol").text
    secret = re.search(r'class="mono secret">([A-Z2-7 ]+)<', page)
    assert secret is not None
    otp = pyotp.TOTP(secret[1].replace(" ", "")).at(int(clock.now().timestamp()))
    shown = send(client, "/login/enrol", code=otp).text + client.get("/").text
    assert "再設定しました" in shown
    assert "再設定しました" not in client.get("/").text


def test_a_form_without_its_token_is_refused(app: Flask) -> None:
    code = issued(app)
    answer = app.test_client().post("/activate", data={"username": "newcomer", "code": code})
    assert answer.status_code == 400


def test_neither_page_nor_redirect_names_the_code(app: Flask) -> None:
    code = issued(app)
    client = app.test_client()
    assert code not in begin(client, "newcomer", code)
    answer = send(app.test_client(), "/activate", username="newcomer", code="<b>x</b>")
    assert "<b>x</b>" not in answer.text
