"""Wires the fixtures of ``tests.support``; nothing is defined here."""

import pytest
from hypothesis import settings

from tests.support.catalogues import compile_stale_catalogues

pytest_plugins = (
    "tests.support.network",
    "tests.support.clock",
    "tests.support.database",
    "tests.support.browser",
    "tests.support.cast",
    "tests.support.access",
    "tests.support.counts",
    "tests.support.walls",
    "tests.support.post",
    "tests.support.telephone",
    "tests.support.visitor",
    "tests.support.destination",
)


# The same examples in every run; "--hypothesis-profile=default" looks for new ones.
settings.register_profile("repeatable", derandomize=True)
settings.load_profile("repeatable")


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        compile_stale_catalogues()
