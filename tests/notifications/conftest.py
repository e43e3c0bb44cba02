"""The small world, in the fresh database of the test."""

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.support.world import World, build


@pytest.fixture
def world(app: Flask) -> Iterator[World]:
    with app.app_context():
        yield build()
