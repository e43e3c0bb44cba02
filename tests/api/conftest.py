from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.accounts.models import Account
from app.api.codes import SCOPES
from app.api.models import ApiKey
from app.api.rules import beyond_role
from app.api.service import issue_key
from app.core import clock
from app.core.transaction import transaction
from app.institutions.queries import institution_by_code
from app.security.actor import acting_as, system_actor
from app.security.roles import RoleName
from tests.support import cast

Key = Callable[..., str]
Limit = Callable[..., None]


@pytest.fixture
def key(app: Flask) -> Key:
    """A key as an ID administrator issues it, of our health centre unless another institution
    is named by its code; gives the secret."""

    def issue(
        role: RoleName = RoleName.HEALTH_CENTRE_NURSE,
        scopes: tuple[str, ...] | None = None,
        at: str = "hc-shinjuku",
        **values: object,
    ) -> str:
        everything = tuple(s for s in SCOPES.values if not beyond_role(role, (s,)))
        with app.app_context():
            with acting_as(system_actor("tests")):
                institution = institution_by_code(at)
                assert institution is not None
                saito = replace(cast.actor("saito"), institution_id=institution.id)
            with acting_as(saito):
                made = ApiKey(
                    name="電子カルテ連携",
                    role=role.value,
                    scopes=everything if scopes is None else scopes,
                    expires_on=clock.today() + timedelta(days=30),
                )
                for name, value in values.items():
                    setattr(made, name, value)
                return issue_key(made, by=saito)

    return issue


@pytest.fixture
def limit(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Limit:
    """Other rate limits than those in force, for this test alone."""

    def set_limits(**limits: str) -> None:
        monkeypatch.setitem(app.config, "RATE_LIMITS", app.config["RATE_LIMITS"] | limits)

    return set_limits


@pytest.fixture
def program(app: Flask, key: Key) -> FlaskClient:
    """A system that holds a key with everything a nurse may do."""
    return with_credential(app, key())


def with_credential(app: Flask, secret: str) -> FlaskClient:
    """A caller that sends this credential with every call."""
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {secret}"
    return client


def case_url(app: Flask, *, foreign: bool = False) -> str:
    """The address of the own or the foreign case."""
    with app.app_context():
        episode = cast.foreign_episode() if foreign else cast.own_episode()
    return f"/api/v1/case/{episode.case}"


def enrolled(app: Flask, who: str) -> str:
    """The secret of a confirmed authenticator."""
    secret = pyotp.random_base32()
    with app.app_context(), acting_as(system_actor("test")), transaction() as session:
        account = session.scalars(select(Account).where(Account.user.has(username=who))).one()
        account.otp_secret, account.otp_confirmed_at = secret, clock.now()
    return secret


def asks_for_token(app: Flask, who: str, secret: str, **changed: str) -> Any:
    """The answer to somebody who asks for a token."""
    code = pyotp.TOTP(secret).at(int(clock.now().timestamp()))
    body = {"username": who, "password": cast.PASSWORD, "one_time_password": code} | changed
    return app.test_client().post("/api/v1/token", json=body)
