"""The small application on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from app.core.db import db
from tests.jobs.small_app import make_app
from tests.support.postgres import OWNER


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def jobs_app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """Inside its context; one database per test."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'jobs.sqlite3'}"
    else:
        server = request.getfixturevalue("postgres_server")
        server.drop("jobs")
        server.create("jobs")
        url = server.url("jobs", OWNER)
    app = make_app(url, tmp_path / "data")
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()
