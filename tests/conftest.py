"""Wires the fixtures of ``tests.support``; nothing is defined here."""

import pytest

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
)


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        compile_stale_catalogues()
