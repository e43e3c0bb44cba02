"""Rows per second of a staged import against the floor of the same file in the same run.

    python -m bench.imports 20000                 # SQLite, a database of its own
    python -m bench.imports 20000 --databases sqlite,postgresql --django

PostgreSQL is a server of its own with the rows behind the wall. ``--django`` adds
django-import-export on the same lines, as documented and in bulk, in the same run.

The floor parses the same file and puts the same cells into one plain table (executemany on SQLite,
COPY on PostgreSQL) without reading, checking, encrypting or remembering anything. Memory is the
peak of the process; it is told for the first and the second half of the rows, which must not
differ.
"""

import argparse
import csv
import importlib.util
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, text

from app import create_app
from app.core.db import db
from app.devtools.nesid_file import HEADINGS, lines, write_file
from app.imports import service
from app.security.actor import acting_as
from config import TestSettings
from tests.support import cast
from tests.support.database import PostgresDatabase, migrate, release_connections
from tests.support.postgres import running_server

CHUNK = 500
MOST_BY_DJANGO = 20_000
"""Row by row it takes minutes; its rate does not change with their number."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", type=int, nargs="?", default=20_000)
    parser.add_argument("--databases", default="sqlite", help="of sqlite,postgresql")
    parser.add_argument("--django", action="store_true", help="compare with django-import-export")
    given = parser.parse_args()
    rates = {kind: measured(kind, given.rows) for kind in given.databases.split(",")}
    if given.django:
        with tempfile.TemporaryDirectory() as place:
            by_django(Path(place), given.rows, rates)


def measured(kind: str, rows: int) -> float:
    """Rows per second on a database of its own."""
    with tempfile.TemporaryDirectory() as place, ExitStack() as stack:
        url, owner = f"sqlite:///{place}/bench.sqlite3", ""
        if kind == "postgresql":
            database = PostgresDatabase(stack.enter_context(running_server()))
            url, owner = database.url, database.owner_url
        app = create_app(TestSettings(url, DATA_DIR=place, DATABASE_OWNER_URL=owner))
        with app.app_context():
            migrate()
        cast.fill(app)
        file = Path(place) / "nesid.csv"
        write_file(file, lines(rows, faults=rows // 200))
        with app.app_context():
            rate = measure(file, rows, owner)
        release_connections(app)
    return rate


def measure(file: Path, rows: int, owner: str) -> float:
    """Rows per second of reading and applying together."""
    print(f"{rows:,} rows, {file.stat().st_size / 1e6:.0f} MB, {db.engine.dialect.name}")
    floor_engine = create_engine(owner) if owner else db.engine
    floor = timed(lambda: put_plainly(file, floor_engine))
    print(f"floor (parse and put): {rows / floor:,.0f} rows/s")
    by = cast.actor("aoki")
    with acting_as(by), file.open("rb") as content:
        began = memory()
        key = service.take_in(content, name=file.name, by=by, in_background=False).id
        halves = Halves(rows)
        read = timed(lambda: service.read(key, by=by, progress=halves))
        told("read, check, compare, keep", rows, read, floor)
        after_read, halves = memory(), Halves(rows)
        applied = timed(lambda: service.apply_batch(key, by=by, progress=halves))
        told("apply", rows, applied, floor)
        told("both", rows, read + applied, floor)
        batch = service.batch_by_id(key)
        print(
            f"memory: {began:.0f} MB before, {after_read:.0f} after reading, "
            f"{halves.middle:.0f} in the middle of applying, {memory():.0f} at its end"
        )
        print(f"totals: {batch.counts}, {batch.checks}")
    return rows / (read + applied)


class Halves:
    """Progress that notes the memory when half of the rows are done."""

    def __init__(self, rows: int) -> None:
        self._half, self.middle = rows // 2, 0.0

    def __call__(self, done: int, _total: int | None) -> None:
        if not self.middle and done >= self._half:
            self.middle = memory()


def by_django(place: Path, rows: int, rates: dict[str, float]) -> None:
    """django-import-export, as documented and at its quickest, each in a fresh process."""
    if not all(importlib.util.find_spec(name) for name in ("django", "import_export")):
        print("django-import-export is not installed: not compared")
        return
    # Without faults, which would end it: nothing is checked there.
    file = place / "sound.csv"
    write_file(file, lines(min(rows, MOST_BY_DJANGO)))
    for name, options in (("as documented", ()), ("in bulk, without differences", ("--bulk",))):
        database = str(place / f"django{len(options)}.sqlite3")
        command = [sys.executable, "-m", "bench.django_import", str(file), database, *options]
        told_back = subprocess.run(command, check=True, capture_output=True, text=True)
        found = json.loads(told_back.stdout)
        theirs = found["rows"] / found["seconds"]
        times = ", ".join(f"{rate / theirs:.1f} times on {kind}" for kind, rate in rates.items())
        print(
            f"django-import-export {name}: {theirs:,.0f} rows/s ({found['rows']:,} rows, "
            f"{found['megabytes']:.0f} MB, SQLite); the portal against it: {times}",
            flush=True,
        )


def told(what: str, rows: int, seconds: float, floor: float) -> None:
    share = 100 * floor / seconds
    print(f"{what}: {rows / seconds:,.0f} rows/s, {share:.1f} % of the floor", flush=True)


def put_plainly(file: Path, engine: Engine) -> None:
    names = [f"c{at}" for at in range(len(HEADINGS))]
    columns = ", ".join(f"{name} text" for name in names)
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE IF EXISTS bench_floor"))
        connection.execute(text(f"CREATE TABLE bench_floor ({columns})"))
        raw: Any = connection.connection.driver_connection
        with file.open(encoding="cp932", newline="") as stream:
            cells = csv.reader(stream)
            next(cells)
            if engine.dialect.name == "postgresql":
                with raw.cursor().copy("COPY bench_floor FROM STDIN") as copy:
                    for line in cells:
                        copy.write_row(line)
                return
            marks = ", ".join("?" for _name in names)
            for chunk in chunks(cells):
                raw.executemany(f"INSERT INTO bench_floor VALUES ({marks})", chunk)


def chunks(cells: Iterator[list[str]]) -> Iterator[list[list[str]]]:
    while chunk := list(islice(cells, CHUNK)):
        yield chunk


def timed(work: Any) -> float:
    """Seconds of processor time on SQLite, which works inside the process; else of the clock."""
    watch = time.process_time if db.engine.dialect.name == "sqlite" else time.perf_counter
    began = watch()
    work()
    return watch() - began


def memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
