"""Tokens of people: password and one-time password for an hour of calls."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.own import end_other_sessions
from app.accounts.session_models import AccountSession
from app.accounts.sessions import live_sessions
from app.core import clock
from app.core.db import db
from app.security.actor import acting_as, system_actor
from tests.api.conftest import Limit, asks_for_token, case_url, enrolled, with_credential
from tests.support import cast

pytestmark = pytest.mark.one_database


def test_a_person_gets_a_token_for_password_and_one_time_password(app: Flask) -> None:
    secret = enrolled(app, "baba")
    given = asks_for_token(app, "baba", secret)
    assert given.status_code == 201
    program = with_credential(app, given.json["access_token"])
    assert program.get(case_url(app)).status_code == 200
    with app.app_context():
        assert len(live_sessions(cast.actor("baba").user_id or 0, 1)) == 1
    assert program.delete("/api/v1/token").status_code == 204
    assert program.get(case_url(app)).status_code == 401


def test_one_time_passwords_are_taken_once_and_without_them_there_is_nothing(app: Flask) -> None:
    secret = enrolled(app, "baba")
    assert asks_for_token(app, "baba", secret, one_time_password="000000").status_code == 401
    assert asks_for_token(app, "baba", secret, password="wrong").status_code == 401
    assert asks_for_token(app, "nobody", secret).status_code == 401
    assert asks_for_token(app, "baba", secret).status_code == 201
    assert asks_for_token(app, "baba", secret).status_code == 401


def test_five_wrong_tries_lock_the_account_here_as_at_the_login(app: Flask) -> None:
    secret = enrolled(app, "baba")
    for _ in range(app.config["LOGIN_FAILED_TRIES"]):
        asks_for_token(app, "baba", secret, password="wrong")
    assert asks_for_token(app, "baba", secret).status_code == 401


def test_a_token_ends_by_itself_and_with_the_sessions_of_its_owner(app: Flask) -> None:
    secret = enrolled(app, "baba")
    token = asks_for_token(app, "baba", secret).json["access_token"]
    program = with_credential(app, token)
    with clock.frozen_at(clock.now() + timedelta(minutes=app.config["API_TOKEN_MINUTES"])):
        assert program.get(case_url(app)).status_code == 401
    assert program.get(case_url(app)).status_code == 200
    with app.app_context():
        assert end_other_sessions(by=cast.actor("baba"), but=0) == 1
    assert program.get(case_url(app)).status_code == 401


def test_a_token_is_listed_and_ended_with_the_sessions_of_its_owner(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    token = asks_for_token(app, "baba", enrolled(app, "baba")).json["access_token"]
    program, baba = with_credential(app, token), cast.sign_in(app.test_client(), "baba")
    assert "プログラム（API）" in baba.get("/account/").get_data(as_text=True)
    with app.app_context(), acting_as(system_actor("test")):
        kept = db.session.scalars(
            select(AccountSession).where(AccountSession.ends_at.is_not(None))
        ).one()
        assert token not in str(vars(kept))
    assert baba.post(f"/account/sessions/{kept.id}/end").status_code == 303
    assert program.get(case_url(app)).status_code == 401


def test_a_token_opens_no_page_as_the_secret_of_a_session(app: Flask) -> None:
    token = asks_for_token(app, "baba", enrolled(app, "baba")).json["access_token"]
    client = app.test_client()
    with app.app_context():
        user_id = cast.actor("baba").user_id
    with client.session_transaction() as session:
        session.update(_user_id=str(user_id), sid=token, seen_at=int(clock.now().timestamp()))
    assert client.get(case_url(app)).status_code == 401


def test_tries_for_a_token_are_counted_with_those_of_the_login(app: Flask, limit: Limit) -> None:
    limit(login_address="3 per 15 minutes")
    for name in ("baba", "aoki", "nobody"):
        assert asks_for_token(app, name, "x" * 32, password="wrong").status_code == 401
    refused = asks_for_token(app, "baba", "x" * 32, password="wrong")
    assert (refused.status_code, refused.json["code"]) == (429, "too_many_requests")
    assert int(refused.headers["Retry-After"]) > 0
