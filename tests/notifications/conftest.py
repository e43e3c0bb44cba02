"""The small world in the fresh database of the test, and the two who meet over a notification."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support import cast
from tests.support.world import World, build


@pytest.fixture
def world(app: Flask) -> Iterator[World]:
    with app.app_context():
        yield build()


@pytest.fixture
def without_form_tokens(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Forged posts are another test's subject; here every form is the sender's own."""
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)


@pytest.fixture
def clinic(app: Flask) -> FlaskClient:
    return cast.sign_in(app.test_client(), "endo")


@pytest.fixture
def centre(app: Flask) -> FlaskClient:
    return cast.sign_in(app.test_client(), "aoki")
