"""What tests of pages share: counting statements, sending forms as a browser does."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from werkzeug.test import TestResponse

from app.core.db import db, new_token


@contextmanager
def statements(app: Flask) -> Iterator[list[str]]:
    """The statements sent to the database inside the block."""
    sent: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        sent.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


def without_tokens(html: str) -> str:
    """A page without its random tokens (forms, keys), in which any two digits may stand."""
    return re.sub(r'value="[\w.\-]{32,}"', "", html)


def send(
    client: FlaskClient, path: str, *, token: str | None = None, **fields: Any
) -> TestResponse:
    """POST a form with a form token of its own, or with the one given (a double click)."""
    return client.post(path, data={"form_token_": token or new_token(), **fields})
