"""A portal with two accounts and one page that can be opened and sent."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyotp
import pytest
from flask import Flask, render_template_string, request
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError
from werkzeug.test import TestResponse

from app.accounts.parking import take_parked
from app.accounts.service import create_account
from app.core.clock import frozen_at
from app.core.db import db
from app.core.errors import InvalidInput
from app.institutions.models import Institution
from app.security.actor import acting_as, current_actor, system_actor
from app.security.roles import RoleName
from tests.support.cast import PASSWORD
from tests.support.database import (
    Database,
    PostgresDatabase,
    Prepared,
    SqliteDatabase,
    release_connections,
)
from tests.support.postgres import Server

MORNING = datetime(2021, 8, 20, 0, 0, tzinfo=UTC)
ORIGIN = {"Origin": "http://localhost"}

_PAGE = """<form method="post"><input name="csrf_token" value="{{ csrf_token() }}">
<textarea name="text">{{ typed }}</textarea></form>"""


def _note(key: int) -> str:
    """The page of the tests: says what was sent, or shows what was parked."""
    if request.method == "POST":
        return f"saved {key}: {request.form['text']}"
    parked = take_parked(request.path)
    return render_template_string(_PAGE, typed=parked["text"] if parked else "")


def _who() -> str:
    actor = current_actor()
    return "" if actor is None else f"{actor.name} {actor.role.value} {actor.prefecture_code}"


def _broken() -> str:
    raise ValueError("山田太郎")


class _HeldByOthers(Exception):
    """As the driver of PostgreSQL tells that a lock was not given."""

    sqlstate = "55P03"


def _held() -> str:
    raise OperationalError("", {}, _HeldByOthers())


def _refused() -> str:
    raise InvalidInput({"text": ["too short"]})


def _portal_on(database: Database, data: Path) -> Prepared:
    prepared = Prepared(database, data, fillers=(_cast,))
    add = prepared.app.add_url_rule
    add("/notes/<int:key>", "note", _note, methods=["GET", "POST"])
    add("/api/v1/who", "api_who", _who)
    add("/who", "who", _who)
    add("/broken", "broken", _broken)
    add("/held", "held", _held, methods=["GET", "POST"])
    add("/refused", "refused", _refused)
    return prepared


@pytest.fixture(scope="session")
def portal_on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    database = SqliteDatabase(tmp_path_factory.mktemp("accounts"))
    return _portal_on(database, tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="session")
def portal_on_postgres(
    postgres_server: Server, tmp_path_factory: pytest.TempPathFactory
) -> Prepared:
    return _portal_on(
        PostgresDatabase(postgres_server, "accounts"), tmp_path_factory.mktemp("data")
    )


def _cast(app: Flask) -> None:
    with acting_as(system_actor("tests")) as actor:
        centre = Institution(name="西保健所", kind="health_centre", code="13-1")
        db.session.add(centre)
        for username, name in (("aoki", "青木 花子"), ("baba", "馬場 次郎")):
            create_account(
                username=username,
                name=name,
                institution=centre,
                role=RoleName.HEALTH_CENTRE_CLERK,
                password=PASSWORD,
                by=actor,
            )


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def portal(request: pytest.FixtureRequest) -> Iterator[Flask]:
    """The portal with its cast, on each database, as if nobody had ever signed in."""
    prepared: Prepared = request.getfixturevalue(f"portal_on_{request.param}")
    prepared.restore()
    yield prepared.app
    release_connections(prepared.app)


@pytest.fixture
def visitor(portal: Flask) -> "Visitor":
    with frozen_at(MORNING):
        return Visitor(portal)


class Visitor:
    """A person with a browser, an authenticator and a watch."""

    def __init__(self, app: Flask, username: str = "aoki") -> None:
        self.client: FlaskClient = app.test_client()
        self.username = username
        self.secret = ""
        self.clock = MORNING

    def on_another_device(self) -> None:
        """Go on in a browser that was never here."""
        self.client = self.client.application.test_client()

    def wait(self, **span: float) -> None:
        self.clock += timedelta(**span)

    def get(self, path: str, **options: object) -> TestResponse:
        with frozen_at(self.clock):
            return self.client.get(path, **options)

    def post(self, path: str, page: str | None = None, **fields: str) -> TestResponse:
        """Send the form of ``page`` (or of the same path) with its token."""
        with frozen_at(self.clock):
            html = self.client.get(page or path).text
            return self.send(path, token_of(html), **fields)

    def send(self, path: str, token: str, **fields: str) -> TestResponse:
        """Send a form opened earlier, as a browser does: with the origin of its page."""
        with frozen_at(self.clock):
            return self.client.post(path, data={"csrf_token": token, **fields}, headers=ORIGIN)

    def password(self, password: str = PASSWORD, target: str = "/login/") -> TestResponse:
        return self.post(target, username=self.username, password=password)

    def code(self, steps: int = 0) -> str:
        """What the authenticator shows now, or ``steps`` half minutes later."""
        return pyotp.TOTP(self.secret).at(int(self.clock.timestamp()) + 30 * steps)

    def enrol(self, target: str = "/login/") -> TestResponse:
        """The first login; ends signed in, on the page with the recovery codes."""
        self.password(target=target)
        shown = re.search(r'class="mono secret">([A-Z2-7 ]+)<', self.get("/login/enrol").text)
        assert shown is not None
        self.secret = shown[1].replace(" ", "")
        return self.post("/login/enrol", code=self.code())

    def log_in(self, target: str = "/login/") -> TestResponse:
        """A later login, one step after the last code."""
        self.wait(seconds=30)
        self.password(target=target)
        return self.post("/login/otp", code=self.code())

    def log_out(self) -> TestResponse:
        return self.send("/logout", token_of(self.get("/notes/1").text))

    def is_in(self) -> bool:
        return self.get("/who").status_code == 200


def token_of(html: str) -> str:
    """The CSRF token of the first form of a page."""
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', html)
    assert found is not None, html
    return found[1]


@pytest.fixture
def owner(visitor: Visitor) -> Visitor:
    """Signed in, half a minute after the login: the authenticator shows a new code."""
    visitor.enrol()
    visitor.wait(seconds=30)
    return visitor


def elsewhere(owner: Visitor) -> Visitor:
    """The same person in a second browser."""
    second = Visitor(owner.client.application)
    second.secret, second.clock = owner.secret, owner.clock
    second.client.environ_base["HTTP_USER_AGENT"] = "Mozilla/5.0 (Windows NT 10.0) Firefox/130.0"
    second.log_in()
    owner.clock = second.clock
    owner.wait(seconds=30)
    second.wait(seconds=30)
    return second
