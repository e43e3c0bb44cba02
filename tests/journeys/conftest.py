from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser

from tests.journeys.steps import Portal


@pytest.fixture
def portal(app: Flask, chromium: Browser) -> Iterator[Portal]:
    """The portal on a fresh database, its clock held at noon of 20 August 2021."""
    opened = Portal(app, chromium)
    with opened.running():
        yield opened
    opened.assert_no_page_had_a_problem()
