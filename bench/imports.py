"""Rows per second of a staged import against the floor of the same file in the same run.

    python -m bench.imports 20000                     # SQLite, a database of its own
    python -m bench.imports 1000000 --url postgresql+psycopg://…

The floor parses the same file and puts the same cells into one plain table (executemany on SQLite,
COPY on PostgreSQL) without reading, checking, encrypting or remembering anything.
"""

import argparse
import csv
import resource
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import text

from app import create_app
from app.core.db import db
from app.devtools.nesid_file import HEADINGS, lines, write_file
from app.imports import service
from app.security.actor import acting_as
from config import TestSettings
from tests.support import cast
from tests.support.database import migrate

CHUNK = 500


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", type=int, nargs="?", default=20_000)
    parser.add_argument("--url", help="an empty database; default: SQLite in a temporary place")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        url = given.url or f"sqlite:///{place}/bench.sqlite3"
        app = create_app(TestSettings(url, DATA_DIR=place))
        with app.app_context():
            migrate()
        cast.fill(app)
        file = Path(place) / "nesid.csv"
        write_file(file, lines(given.rows, faults=given.rows // 200))
        with app.app_context():
            measure(file, given.rows)


def measure(file: Path, rows: int) -> None:
    print(f"{rows:,} rows, {file.stat().st_size / 1e6:.0f} MB, {db.engine.dialect.name}")
    floor = timed(lambda: put_plainly(file))
    print(f"floor (parse and put): {rows / floor:,.0f} rows/s")
    by = cast.actor("aoki")
    with acting_as(by), file.open("rb") as content:
        began = memory()
        key = service.take_in(content, name=file.name, by=by, in_background=False).id
        read = timed(lambda: service.read(key, by=by, progress=nothing))
        told("read, check, compare, keep", rows, read, floor)
        after_read = memory()
        applied = timed(lambda: service.apply_batch(key, by=by, progress=nothing))
        told("apply", rows, applied, floor)
        told("both", rows, read + applied, floor)
        batch = service.batch_by_id(key)
        print(f"memory: {began:.0f} MB before, {after_read:.0f} after reading, {memory():.0f} peak")
        print(f"totals: {batch.counts}, {batch.checks}")


def told(what: str, rows: int, seconds: float, floor: float) -> None:
    print(f"{what}: {rows / seconds:,.0f} rows/s, {100 * floor / seconds:.1f} % of the floor")


def put_plainly(file: Path) -> None:
    names = [f"c{at}" for at in range(len(HEADINGS))]
    columns = ", ".join(f"{name} text" for name in names)
    with db.engine.begin() as connection:
        connection.execute(text("DROP TABLE IF EXISTS bench_floor"))
        connection.execute(text(f"CREATE TABLE bench_floor ({columns})"))
        raw: Any = connection.connection.driver_connection
        with file.open(encoding="cp932", newline="") as stream:
            cells = csv.reader(stream)
            next(cells)
            if db.engine.dialect.name == "postgresql":
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


def nothing(*_told: Any) -> None:
    pass


if __name__ == "__main__":
    main()
