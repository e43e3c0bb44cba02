"""A database holding the master data, loaded once and read by every test of the package."""

import importlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask_babel import Babel

from app.audit.history import install_history
from app.core.crypto.keys import install_keys, new_entry
from app.core.db import db
from app.institutions.cli import master
from app.institutions.loader import LoadCount, load_master
from app.security.actor import acting_as, system_actor
from app.security.session import install_laws


@pytest.fixture(scope="package")
def empty_app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    path: Path = tmp_path_factory.mktemp("master") / "master.sqlite3"
    app = Flask("master")
    app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{path}"
    app.config["BABEL_DEFAULT_LOCALE"] = "ja"
    app.config["SECRET_KEY"], app.config["HISTORY_KEYS"] = "for-tests-only", ()
    app.config["FIELD_KEYS"] = new_entry(1)
    install_keys(app)
    db.init_app(app)
    Babel(app)
    app.cli.add_command(master)
    importlib.import_module("app.institutions.scope")
    install_laws(db.session)
    install_history(db.session)
    with app.app_context():
        db.create_all()
    return app


@pytest.fixture(scope="package")
def first_load(empty_app: Flask) -> dict[str, LoadCount]:
    with empty_app.app_context(), acting_as(system_actor("test")) as actor:
        return {one.table: one for one in load_master(by=actor)}


@pytest.fixture
def master_data(empty_app: Flask, first_load: dict[str, LoadCount]) -> Iterator[None]:
    """Inside the application, as the system; what a test changes stays unsaved or is its own."""
    with empty_app.app_context(), acting_as(system_actor("test")):
        yield
        db.session.rollback()
