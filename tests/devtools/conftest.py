"""A demonstration of its own: master data and the small demo, no cast."""

from collections.abc import Iterator

import pytest
from flask import Flask

from app import create_app
from app.core import clock
from app.institutions.loader import load_master
from app.security.actor import acting_as, system_actor
from config import TestSettings
from tests.support.clock import NOON
from tests.support.database import migrate, release_connections


@pytest.fixture(scope="package")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """Demo mode on an own SQLite file, master data loaded, ``demo load --size small`` run once."""
    folder = tmp_path_factory.mktemp("demo")
    app = create_app(
        TestSettings(f"sqlite:///{folder / 'demo.sqlite3'}", DATA_DIR=str(folder), DEMO=True)
    )
    with app.app_context(), clock.frozen_at(NOON), acting_as(system_actor("test")) as actor:
        migrate()
        load_master(by=actor)
    with clock.frozen_at(NOON):
        result = app.test_cli_runner().invoke(args=["demo", "load", "--size", "small"])
    assert result.exit_code == 0, result.output
    yield app
    release_connections(app)
