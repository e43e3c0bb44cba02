"""The nurse at her screen, a case of her own and a foreign one."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support import cast
from tests.support.cast import Episode


@pytest.fixture
def without_form_tokens(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Forged posts are another test's subject; here every form is the sender's own."""
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)


@pytest.fixture
def own(app: Flask) -> Episode:
    with app.app_context():
        return cast.own_episode()


@pytest.fixture
def foreign(app: Flask) -> Episode:
    with app.app_context():
        return cast.foreign_episode()


@pytest.fixture
def nurse(app: Flask) -> FlaskClient:
    return cast.sign_in(app.test_client(), "baba")
