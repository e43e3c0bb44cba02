"""A visitor of the generated pages whose forms need no token of the session."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support import cast


@pytest.fixture
def visit(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], FlaskClient]:
    """Sign somebody of the cast in; errors inside a page fail with their own traceback."""
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", True)
    return lambda who: cast.sign_in(app.test_client(), who)
