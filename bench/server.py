"""The portal on waitress, saying with every answer how many SQL statements it took."""

import os
import sys
from contextvars import ContextVar
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import waitress
from flask import Flask, Response
from sqlalchemy import Engine, event

from app import create_app
from config import from_environment

HEADER = "X-Statements"
_count: ContextVar[list[int]] = ContextVar("statements")


def count_statements(app: Flask) -> None:
    """Add the header to every answer."""

    @event.listens_for(Engine, "before_cursor_execute")
    def _one_more(*_arguments: object) -> None:
        counter = _count.get(None)
        if counter is not None:
            counter[0] += 1

    @app.before_request
    def _begin() -> None:
        _count.set([0])

    @app.after_request
    def _say(response: Response) -> Response:
        response.headers[HEADER] = str(_count.get([0])[0])
        return response

    # Before the gate, which reads the account.
    app.before_request_funcs[None].insert(0, app.before_request_funcs[None].pop())


if __name__ == "__main__":
    portal = create_app(from_environment())
    count_statements(portal)
    waitress.serve(portal, host="127.0.0.1", port=int(os.environ["PORT"]), threads=4, ident=None)
