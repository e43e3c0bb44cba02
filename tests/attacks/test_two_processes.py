"""Whoever is refused by one web process is refused by the next: tries are counted for all."""

from collections.abc import Callable, Iterator

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.accounts.models import Account
from app.core import clock
from app.core.db import db
from app.core.transaction import transaction
from app.security.actor import acting_as, system_actor
from config import TestSettings as Settings
from tests.support import cast
from tests.support.database import Prepared, release_connections
from tests.support.visitor import token_of

pytestmark = pytest.mark.usefixtures("frozen_clock")
ORIGIN = {"Origin": "http://localhost"}
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


@pytest.fixture
def both(prepared: Prepared) -> Iterator[tuple[Flask, Flask]]:
    """Two processes of one installation: two applications on one database."""
    settings = Settings(
        prepared.database.url,
        DATA_DIR=prepared.app.config["DATA_DIR"],
        DATABASE_OWNER_URL=prepared.database.owner_url,
    )
    second = create_app(settings)
    yield prepared.app, second
    release_connections(second)


@pytest.fixture
def limited(both: tuple[Flask, Flask], monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    def limit(kind: str, much: str) -> None:
        for app in both:
            monkeypatch.setitem(app.config["RATE_LIMITS"], kind, much)

    return limit


def post(client: FlaskClient, page: str, path: str = "", **fields: object) -> int:
    """Send the form of ``page`` as a browser does."""
    token = token_of(client.get(page).text)
    sent = {"csrf_token": token, **fields}
    return client.post(path or page, data=sent, headers=ORIGIN, buffered=True).status_code


def taking_turns(both: tuple[Flask, Flask], ask: Callable[[Flask], int], times: int) -> list[int]:
    return [ask(both[number % 2]) for number in range(times)]


def test_passwords(both: tuple[Flask, Flask], limited: Callable[..., None]) -> None:
    limited("login_account", "4 per 15 minutes")

    def guess(app: Flask) -> int:
        return post(app.test_client(), "/login/", username="aoki", password="wrong-wrong-1")

    assert taking_turns(both, guess, 6) == [422] * 4 + [429] * 2


def test_one_time_passwords(both: tuple[Flask, Flask], limited: Callable[..., None]) -> None:
    limited("login_address", "4 per 15 minutes")
    with both[0].app_context(), acting_as(system_actor("tests")), transaction() as session:
        account = session.query(Account).filter(Account.user.has(username="aoki")).one()
        account.otp_secret, account.otp_confirmed_at = SECRET, clock.now()
    clients = {}
    for app in both:
        client = app.test_client()
        assert post(client, "/login/", username="aoki", password=cast.PASSWORD) == 303
        clients[app] = client

    def guess(app: Flask) -> int:
        return post(clients[app], "/login/otp", code="000000")

    assert taking_turns(both, guess, 6) == [422] * 4 + [429] * 2
    right = pyotp.TOTP(SECRET).at(int(clock.now().timestamp()))
    assert post(clients[both[1]], "/login/otp", code=right) == 429


def test_searches(both: tuple[Flask, Flask], limited: Callable[..., None]) -> None:
    limited("search", "3 per 5 minutes")
    clients = {app: cast.sign_in(app.test_client(), "aoki") for app in both}

    def search(app: Flask) -> int:
        return post(clients[app], "/cases/list/", person__kana="ヤマダ")

    assert taking_turns(both, search, 5) == [200] * 3 + [429] * 2


def test_programs(both: tuple[Flask, Flask], limited: Callable[..., None]) -> None:
    limited("api", "3 per 5 minutes")
    clients = {app: cast.with_token(app.test_client(), "aoki") for app in both}

    def call(app: Flask) -> int:
        return clients[app].get("/api/v1/case").status_code

    assert taking_turns(both, call, 5) == [200] * 3 + [429] * 2


def test_activation_codes(both: tuple[Flask, Flask], limited: Callable[..., None]) -> None:
    limited("activation_address", "3 per 15 minutes")

    def guess(app: Flask) -> int:
        code = "ABCD-EFGH-JKLM-NPQR"
        return post(app.test_client(), "/activate", username="aoki", code=code)

    assert taking_turns(both, guess, 5) == [422] * 3 + [429] * 2


def test_files(both: tuple[Flask, Flask], limited: Callable[..., None]) -> None:
    limited("upload", "3 per 15 minutes")
    clients = {app: cast.sign_in(app.test_client(), "endo") for app in both}

    def send(app: Flask) -> int:
        return post(clients[app], "/notification-workbooks/")

    assert taking_turns(both, send, 5) == [422] * 3 + [429] * 2
    # Another page of the same person, and another person, are not stopped.
    assert clients[both[0]].get("/notification-workbooks/").status_code == 200
    other = cast.sign_in(both[1].test_client(), "fujii")
    assert post(other, "/notification-workbooks/") == 422


def test_a_session_ended_in_one_process_is_over_in_the_other(both: tuple[Flask, Flask]) -> None:
    first = cast.sign_in(both[0].test_client(), "aoki")
    stolen = first.get_cookie("hersys")
    assert stolen is not None
    thief = both[1].test_client()
    thief.set_cookie("hersys", stolen.value)
    assert thief.get("/account/").status_code == 200
    token = token_of(first.get("/account/").text)
    assert first.post("/logout", data={"csrf_token": token}, headers=ORIGIN).status_code == 303
    assert thief.get("/account/").status_code == 303
    with both[0].app_context():
        db.session.remove()
