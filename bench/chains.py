"""How long the page of chains takes with 200 and 5,000 linked cases, beside the list of cases.

    python -m bench.chains [200 5000]

A database of its own, in a temporary directory, with invented cases of the tests' cast. Times
are medians of interleaved requests to the application itself; only their ratios mean anything.
"""

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

os.environ.setdefault("PORTAL_MODE", "demo")

from app import create_app
from app.core import clock
from config import TestSettings
from tests.chains.making import cases, link
from tests.support import cast
from tests.support.clock import NOON
from tests.support.database import migrate
from tests.support.pages import statements

ROUNDS = 7
CHAIN = 50
"""Cases that hang together."""
SETTINGS = ("household", "meal", "workplace", "social_facility", "school", "medical_facility")


def fill(app: Flask, count: int) -> None:
    """Chains one after the other in 75 days: each case infects up to three, days later."""
    days: list[int | None] = []
    sources: list[int | None] = []
    for n in range(count):
        begins, inside = n - n % CHAIN, n % CHAIN
        # Everybody infects up to three, some nobody.
        source = begins + (inside - 1) * 2 // 5 if inside else None
        sources.append(source)
        before = -60 + n * 55 // count if source is None else (days[source] or 0)
        days.append(before if source is None else before + 2 + (n * 13) % 4)
    keys = cases(app, days)
    for place, setting in enumerate(SETTINGS):
        chosen = [n for n in range(count) if n % len(SETTINGS) == place]
        pairs = [(keys[sources[n] or 0], keys[n]) for n in chosen if sources[n] is not None]
        link(app, *pairs, setting=setting)


def main(counts: list[int]) -> None:
    for count in counts:
        with tempfile.TemporaryDirectory() as directory, clock.frozen_at(NOON):
            settings = TestSettings(f"sqlite:///{Path(directory) / 'bench.db'}", DATA_DIR=directory)
            app = create_app(settings)
            with app.app_context():
                migrate()
            cast.fill(app)
            fill(app, count)
            measure(app, cast.sign_in(app.test_client(), "baba"), count)


def measure(app: Flask, client: FlaskClient, count: int) -> None:
    paths = {
        "list of cases": "/cases/list/",
        "chains": "/chains/?from=2021-06-01&to=2021-08-20",
        "chains.xlsx": "/chains/download?from=2021-06-01&to=2021-08-20&format=xlsx",
        "chains.png": "/chains/download?from=2021-06-01&to=2021-08-20&format=png",
    }
    taken: dict[str, list[float]] = {name: [] for name in paths}
    for _round in range(ROUNDS):
        for name, path in paths.items():
            begun = time.perf_counter()
            answer = client.get(path)
            taken[name].append(time.perf_counter() - begun)
            assert answer.status_code == 200, (path, answer.status_code)
    floor = statistics.median(taken["list of cases"])
    for name, path in paths.items():
        with statements(app) as sent:
            size = len(client.get(path).data)
        seconds = statistics.median(taken[name])
        print(
            f"{count:>5} cases  {name:<14} {seconds * 1000:8.1f} ms  {seconds / floor:6.1f} × list"
            f"  {len(sent):>3} statements  {size / 1024:8.0f} KB"
        )


if __name__ == "__main__":
    main([int(word) for word in sys.argv[1:]] or [200, 5_000])
