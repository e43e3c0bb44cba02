"""Browsers of the cast, and the episode they look at."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support import cast
from tests.support.cast import Episode

Visit = Callable[[str], FlaskClient]


@pytest.fixture
def visit(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Visit:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", True)
    return lambda who: cast.sign_in(app.test_client(), who)


@pytest.fixture
def own(app: Flask) -> Episode:
    with app.app_context():
        return cast.own_episode()
