"""How much the analysis adds to the same SQL asked of the raw table, and what protection costs.

    python -m bench.analysis [10000 100000]

A SQLite database of its own in a temporary directory, filled with plain cases (``demo fill``). For
each table: the same GROUP BY without laws, objects or buckets; the figures; the whole answer; and
the answer for passing on. Medians of interleaved rounds; only the ratios mean anything.
"""

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy import Connection, func, select, text

os.environ.setdefault("PORTAL_MODE", "demo")

from app import create_app
from app.analysis.answering import answer
from app.analysis.queries import figures_of
from app.analysis.question import Question
from app.analysis.reach import reach_of
from app.cases.models import Case
from app.core.db import db
from app.security.actor import Actor, acting_as, system_actor
from app.security.roles import RoleName
from app.statistics.service import rebuild
from bench.portal import Site
from config import DemoSettings

ROUNDS = 5
RAW = {
    "age × sex": "age_group, sex",
    "month × age": "diagnosed_on, age_group",
    "municipality × month": "municipality_code, diagnosed_on",
}
SIDES = {
    "age × sex": (("age_group",), ("sex",)),
    "month × age": (("diagnosed_on.month",), ("age_group",)),
    "municipality × month": (("municipality_code",), ("diagnosed_on.month",)),
}


def measured(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def questions(first: date, last: date) -> dict[str, Question]:
    plain = Question("case", "records", "number", (), (), "diagnosed_on", first, last)
    return {
        name: replace(plain, rows=rows, columns=columns) for name, (rows, columns) in SIDES.items()
    }


def raw(connection: Connection, columns: str, first: date, last: date) -> None:
    """What a statistician would type; the same condition of the prefecture and the period."""
    connection.execute(
        text(
            f"SELECT {columns}, count(*) FROM case_record WHERE prefecture_code = '13'"
            " AND (diagnosis_type IN ('confirmed', 'asymptomatic_carrier', 'body_confirmed')"
            " OR diagnosis_type IS NULL AND source_system IS NOT NULL)"
            " AND (notification_state IS NULL OR notification_state IN ('accepted', 'corrected'))"
            f" AND diagnosed_on BETWEEN :first AND :last GROUP BY {columns}"
        ),
        {"first": first.isoformat(), "last": last.isoformat()},
    ).all()


def measure(app: Flask, count: int) -> None:
    app.config["ANALYSIS_PAGE_RECORDS"] = 10**9
    prefecture = Actor(1, "bench", RoleName.PREFECTURE_SUPERVISOR, prefecture_code="13")
    reach = reach_of(prefecture)
    with app.app_context(), acting_as(system_actor("rollup rebuild")) as system:
        rebuild(by=system)
        span = select(func.min(Case.diagnosed_on), func.max(Case.diagnosed_on))
        first, last = db.session.execute(span).one()
        first = max(first, last - timedelta(days=365))
    for name, question in questions(first, last).items():
        taken: dict[str, list[float]] = {"raw": [], "figures": [], "answer": [], "protected": []}
        for _round in range(ROUNDS):
            with app.app_context(), acting_as(reach.actor):
                with db.engine.connect() as connection:
                    taken["raw"].append(
                        measured(lambda: raw(connection, RAW[name], first, last))  # noqa: B023
                    )
                work: dict[str, Callable[[], object]] = {
                    "figures": lambda: figures_of(question, reach),  # noqa: B023
                    "answer": lambda: answer(question, reach),  # noqa: B023
                    "protected": lambda: answer(
                        replace(question, passing_on=True),  # noqa: B023
                        reach,
                    ),
                }
                for label, run in work.items():
                    taken[label].append(measured(run))
        floor = statistics.median(taken["raw"])
        told = "  ".join(
            f"{label} {statistics.median(times) * 1000:8.1f} ms {statistics.median(times) / floor:5.2f}×"
            for label, times in taken.items()
        )
        print(f"{count:>9,} {name:<22} {told}")


def main(counts: list[int]) -> None:
    for count in counts:
        with tempfile.TemporaryDirectory() as directory:
            site = Site("analysis", count, Path(directory), f"sqlite:///{directory}/portal.sqlite3")
            site.prepare()
            settings = DemoSettings({"DATA_DIR": directory})
            measure(create_app(settings), count)


if __name__ == "__main__":
    main([int(word) for word in sys.argv[1:]] or [10_000, 100_000])
