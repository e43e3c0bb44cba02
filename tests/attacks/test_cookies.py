"""Cookies copied, kept, made up or carried to another place open nothing."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer

from app import create_app
from app.accounts.browser import new_secret
from app.core import clock
from app.core.clock import frozen_at
from config import ProductionSettings
from config import TestSettings as Settings
from tests.support import cast
from tests.support.visitor import ORIGIN, token_of

PRODUCTION = {
    "SECRET_KEY": "x" * 32,
    "FIELD_KEYS": "1:" + "Zm9yLXRl" * 5 + "c3Q=",
    "TRUSTED_HOSTS": "portal.example",
    "DATABASE_URL": "sqlite://",
}


def signed(app: Flask, content: dict[str, Any]) -> str:
    """A session cookie with this content, under the key of ``app``."""
    serializer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert isinstance(serializer, URLSafeTimedSerializer)
    made = serializer.dumps(content)
    return made if isinstance(made, str) else made.decode()


def opens(app: Flask, cookie: str) -> bool:
    client = app.test_client()
    client.set_cookie("hersys", cookie)
    return client.get("/account/").status_code == 200


def test_a_cookie_of_before_the_logout_opens_nothing_in_any_browser(app: Flask) -> None:
    client, copies = cast.sign_in(app.test_client(), "aoki"), []
    for minutes in (0, 2, 4):
        with frozen_at(clock.now() + timedelta(minutes=minutes)):
            page = client.get("/account/")
        cookie = client.get_cookie("hersys")
        assert cookie is not None
        copies.append(cookie.value)
    assert len(set(copies)) > 1
    assert all(opens(app, copy) for copy in copies)
    token = token_of(page.text)
    assert client.post("/logout", data={"csrf_token": token}).status_code == 303
    assert not any(opens(app, copy) for copy in copies)
    for copy in copies:
        thief = app.test_client()
        thief.set_cookie("hersys", copy)
        answer = thief.post("/account/sessions/end-others", headers=ORIGIN)
        assert answer.location.startswith("/login/")


@pytest.mark.one_database
def test_a_cookie_signed_with_another_key_opens_nothing(app: Flask) -> None:
    client = cast.sign_in(app.test_client(), "aoki")
    with client.session_transaction() as session:
        content = dict(session)
    assert opens(app, signed(app, content))
    other = Flask("other")
    other.secret_key = "another key of another installation"
    assert not opens(app, signed(other, content))
    genuine = signed(app, content)
    assert not opens(app, genuine[:-2] + ("AA" if genuine[-2:] != "AA" else "BB"))


@pytest.mark.one_database
def test_even_the_right_key_does_not_make_a_session_up(app: Flask) -> None:
    """Somebody who learned SECRET_KEY: the database knows no such session."""
    client = cast.sign_in(app.test_client(), "aoki")
    with client.session_transaction() as session:
        content = dict(session)
    assert not opens(app, signed(app, content | {"sid": new_secret()}))
    assert not opens(app, signed(app, content | {"_user_id": "2"}))
    assert not opens(app, signed(app, {n: v for n, v in content.items() if n != "sid"}))


@pytest.mark.one_database
def test_a_token_of_one_session_is_none_in_the_next(app: Flask) -> None:
    client = cast.sign_in(app.test_client(), "aoki")
    token = token_of(client.get("/account/").text)
    cast.sign_in(client, "aoki")
    answer = client.post("/account/sessions/end-others", data={"csrf_token": token})
    assert answer.status_code == 400


@pytest.mark.one_database
def test_in_production_the_cookie_is_bound_to_its_host() -> None:
    settings = ProductionSettings(PRODUCTION)
    assert settings.SESSION_COOKIE_NAME.startswith("__Host-")
    settings.TESTING = True
    app = create_app(settings)
    answer = app.test_client().get("/login/", base_url="https://portal.example")
    (cookie,) = answer.headers.getlist("Set-Cookie")
    assert cookie.startswith("__Host-hersys=")
    for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert part in cookie
    assert "Domain" not in cookie


@pytest.mark.one_database
def test_no_cookie_without_encryption_carries_the_prefix() -> None:
    """Browsers throw such a cookie away; nobody could sign in."""
    assert Settings("sqlite://").SESSION_COOKIE_NAME == "hersys"
