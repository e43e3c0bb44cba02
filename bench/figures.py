"""The national table and the profiles at 1,000,000 and 10,000,000 cases, and what upkeep costs.

    python -m bench.figures [1000000 10000000]

The sums of invented cases are written straight into a portal's SQLite database; the same cases lie
as narrow raw rows (only the columns asked for, which flatters them) in DuckDB and PostgreSQL, where
the same questions are asked of them. Then the cost of a save: with the sums kept, without the
profiles, without any. Medians of interleaved rounds; only the ratios mean anything. DuckDB is
needed here alone and is no requirement of the portal.
"""

import os
import sqlite3
import statistics
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

os.environ.setdefault("PORTAL_MODE", "demo")

import duckdb
import psycopg

from app import create_app
from app.cases.models import Case
from app.core import clock
from app.core.db import db
from app.core.transaction import transaction
from app.security.actor import Actor, acting_as, system_actor
from app.security.roles import RoleName
from app.statistics import upkeep
from app.statistics.areas import Area
from app.statistics.profile_queries import (
    delays_by_place,
    delays_of_steps,
    people_by_age_and_sex,
    people_by_severity,
)
from app.statistics.queries import Asked, rollup
from bench.portal import ROOT, Site
from config import DemoSettings
from tests.support.postgres import OWNER, PostgresMissing, running_server

ROUNDS, DAYS, SAVES = 7, 730, 40
RAW_ROUNDS = 2
"""Raw rows are asked so often: ten million of them take their time."""
BATCH = 50_000
MINISTRY = Actor(1, "bench", RoleName.MINISTRY)
_CASES = """
    CREATE TABLE raw_case AS
    SELECT i AS id, c.prefecture, c.authority, c.centre, reported_on,
           (reported_on - CAST(hash(i + 1) % 12 AS INTEGER)) AS onset_on,
           ['under_10','10s','20s','30s','40s','50s','60s','70s','80s','90_or_over']
               [1 + CAST(hash(i + 2) % 10 AS INTEGER)] AS age,
           ['male','female','unknown'][1 + CAST(hash(i + 3) % 3 AS INTEGER)] AS sex,
           ['mild','mild','asymptomatic','moderate_1','severe','died']
               [1 + CAST(hash(i + 4) % 6 AS INTEGER)] AS severity,
           hash(i + 5) % 3 = 0 AS unlinked
    FROM (SELECT i, ?::DATE - CAST(hash(i) % {days} AS INTEGER) AS reported_on,
                 CAST(hash(i + 6) % {centres} AS BIGINT) AS number
          FROM range({cases}) AS r(i)) AS n
    JOIN centre AS c USING (number)
"""
_FLOWS = """
    SELECT prefecture, authority, centre, 'new_reported' AS name, reported_on AS day, 1 AS n
    FROM raw_case
    UNION ALL SELECT prefecture, authority, centre, 'new_onset', onset_on, 1 FROM raw_case
    UNION ALL SELECT prefecture, authority, centre, 'unlinked_reported', reported_on, 1
    FROM raw_case WHERE unlinked
    UNION ALL SELECT prefecture, authority, centre, 'home', reported_on, 1 FROM raw_case
    UNION ALL SELECT prefecture, authority, centre, 'home', reported_on + 10, -1 FROM raw_case
    UNION ALL SELECT prefecture, authority, centre, 'discharged', reported_on + 10, 1 FROM raw_case
"""
_ANSWERS = """
    SELECT prefecture, authority, centre, 'age_sex_reported' AS name, reported_on AS day,
           age || ':' || sex AS value FROM raw_case
    UNION ALL SELECT prefecture, authority, centre, 'severity_reported', reported_on, severity
    FROM raw_case
    UNION ALL SELECT prefecture, authority, centre, 'municipality_reported', reported_on,
           prefecture || CAST(101 + hash(id + 7) % 40 AS VARCHAR) FROM raw_case
    UNION ALL SELECT prefecture, authority, centre, 'delay_onset_report', reported_on,
           ['clinic:', 'hospital:', ''][1 + CAST(hash(id + 8) % 3 AS INTEGER)]
           || CAST(reported_on - onset_on AS VARCHAR) FROM raw_case
"""
_GRAINS = (
    ("prefecture_day", "day", "0", "0"),
    ("prefecture_month", "date_trunc('month', day)::DATE", "0", "0"),
    ("centre_day", "day", "authority", "centre"),
    ("centre_month", "date_trunc('month', day)::DATE", "authority", "centre"),
)
RAW = {
    "national table": (
        "SELECT prefecture, sum(CASE WHEN reported_on BETWEEN '{month}' AND '{last}' THEN 1 END),"
        " sum(CASE WHEN unlinked AND reported_on BETWEEN '{month}' AND '{last}' THEN 1 END),"
        " count(*), sum(CASE WHEN reported_on + 10 > '{last}' THEN 1 END)"
        " FROM raw_case WHERE reported_on <= '{last}' GROUP BY prefecture"
    ),
    "age × sex, a year": (
        "SELECT age, sex, count(*) FROM raw_case"
        " WHERE reported_on BETWEEN '{year}' AND '{last}' GROUP BY age, sex"
    ),
    "severity, a year": (
        "SELECT severity, count(*) FROM raw_case"
        " WHERE reported_on BETWEEN '{year}' AND '{last}' GROUP BY severity"
    ),
    "delays, a year": (
        "SELECT reported_on - onset_on, count(*) FROM raw_case"
        " WHERE reported_on BETWEEN '{year}' AND '{last}' GROUP BY reported_on - onset_on"
    ),
    "delays of a prefecture's centres": (
        "SELECT centre, reported_on - onset_on, count(*) FROM raw_case WHERE prefecture = '13'"
        " AND reported_on BETWEEN '{year}' AND '{last}' GROUP BY centre, reported_on - onset_on"
    ),
}


def portal_side(last: date) -> dict[str, Callable[[], object]]:
    """The portal's answers to the same questions."""
    month, year = last - timedelta(days=27), last - timedelta(days=364)
    asked = Asked("reported", year, last)
    tokyo = Asked("reported", year, last, Area("13"))
    return {
        "national table": lambda: rollup("prefecture", Asked("reported", month, last)),
        "age × sex, a year": lambda: people_by_age_and_sex(asked),
        "severity, a year": lambda: people_by_severity(asked),
        "delays, a year": lambda: delays_of_steps(asked),
        "delays of a prefecture's centres": lambda: delays_by_place(
            "onset_report", "centre", tokyo
        ),
    }


def made(cases: int, places: list[tuple[Any, ...]], last: date) -> duckdb.DuckDBPyConnection:
    """The invented cases as raw rows in DuckDB."""
    raw = duckdb.connect()
    raw.execute("SET threads = 2")
    raw.execute("CREATE TABLE centre (number BIGINT, centre INT, authority INT, prefecture TEXT)")
    raw.executemany(
        "INSERT INTO centre VALUES (?, ?, ?, ?)",
        [(number, *place) for number, place in enumerate(places)],
    )
    raw.execute(_CASES.format(cases=cases, days=DAYS, centres=len(places)), [last])
    return raw


def write_sums(raw: duckdb.DuckDBPyConnection, path: Path, disease: int) -> Counter[str]:
    """Both sums of the raw rows, in every grain and in the order of their keys; rows by table."""
    written: Counter[str] = Counter()
    portal = sqlite3.connect(path)
    portal.execute("DELETE FROM daily_count")
    portal.execute("DELETE FROM profile_count")
    for grain, day, authority, centre in sorted(_GRAINS):
        sums = (
            f"SELECT {disease}, '{grain}', prefecture, name, strftime({day}, '%Y-%m-%d') AS d,"
            f" {authority} AS a, {centre} AS c, sum(n) FROM ({_FLOWS}) GROUP BY ALL"
            " ORDER BY prefecture, name, d, a, c"
        )
        written["daily_count"] += _copied(raw, portal, sums, "daily_count", 8)
        profiles = (
            f"SELECT {disease}, '{grain}', prefecture, name, {centre} AS c,"
            f" strftime({day}, '%Y-%m-%d') AS d, value, {authority} AS a, count(*)"
            f" FROM ({_ANSWERS}) GROUP BY ALL ORDER BY prefecture, name, c, d, value, a"
        )
        written["profile_count"] += _copied(raw, portal, profiles, "profile_count", 9)
    portal.commit()
    portal.execute("ANALYZE")
    portal.close()
    return written


def _copied(
    raw: duckdb.DuckDBPyConnection, portal: sqlite3.Connection, sql: str, table: str, width: int
) -> int:
    found, number = raw.execute(sql), 0
    marks = ", ".join("?" * width)
    while rows := found.fetchmany(BATCH):
        portal.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)
        number += len(rows)
    return number


@contextmanager
def in_postgresql(
    raw: duckdb.DuckDBPyConnection, directory: Path
) -> Iterator[psycopg.Connection[Any] | None]:
    """The raw rows once more in PostgreSQL, with the index a statistician would make."""
    try:
        with running_server() as server:
            server.create("raw")
            file = directory / "raw.csv"
            raw.execute(f"COPY raw_case TO '{file}' (HEADER false)")
            url = server.url("raw", OWNER).replace("postgresql+psycopg", "postgresql")
            with psycopg.connect(url, autocommit=True) as there:
                there.execute(
                    "CREATE TABLE raw_case (id bigint, prefecture text, authority int, centre int,"
                    " reported_on date, onset_on date, age text, sex text, severity text,"
                    " unlinked boolean)"
                )
                into = "COPY raw_case FROM STDIN (FORMAT csv)"
                with there.cursor().copy(into) as copy, file.open("rb") as read:
                    while block := read.read(1 << 20):
                        copy.write(block)
                file.unlink()
                there.execute("CREATE INDEX ON raw_case (reported_on)")
                there.execute("VACUUM ANALYZE raw_case")
                yield there
    except PostgresMissing as reason:
        print(f"PostgreSQL left out: {reason}")
        yield None


def centres_and_disease() -> tuple[list[tuple[Any, ...]], int]:
    """(centre, authority, prefecture) of every health centre, and the key of COVID-19."""
    places = db.session.execute(
        db.text(
            "SELECT id, authority_id, prefecture_code FROM institution"
            " WHERE kind = 'health_centre' AND authority_id IS NOT NULL ORDER BY id"
        )
    ).all()
    disease: int = db.session.execute(
        db.text("SELECT id FROM disease WHERE code = 'covid_19'")
    ).scalar_one()
    db.session.rollback()
    return [tuple(place) for place in places], disease


def measured(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def ask(cases: int, site: Site, last: date) -> dict[str, float]:
    """Question → median milliseconds of the portal; prints the ratios to the raw rows."""
    app = create_app(DemoSettings({"DATA_DIR": str(site.directory)}))
    with app.app_context(), acting_as(system_actor("rollup rebuild")):
        places, disease = centres_and_disease()
    raw = made(cases, places, last)
    rows = write_sums(raw, site.directory / "portal.sqlite3", disease)
    print(
        f"\n{cases:,} cases, {len(places)} centres, {DAYS} days: "
        + ", ".join(f"{name} {number:,} rows" for name, number in rows.items())
    )
    days = {"last": last, "month": last - timedelta(days=27), "year": last - timedelta(days=364)}
    times: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    with in_postgresql(raw, site.directory) as postgresql:
        for turn in range(ROUNDS + 1):
            with app.app_context(), acting_as(MINISTRY):
                for name, work in portal_side(last).items():
                    sql = RAW[name].format(**days)
                    found = {"portal": measured(work)}
                    asks_raw = turn <= RAW_ROUNDS
                    if asks_raw:
                        found["DuckDB"] = measured(
                            lambda: raw.execute(sql).fetchall()  # noqa: B023
                        )
                    if asks_raw and postgresql is not None:
                        found["PostgreSQL"] = measured(
                            lambda: postgresql.execute(sql).fetchall()  # noqa: B023
                        )
                    db.session.rollback()
                    for side, seconds in found.items():
                        if turn:
                            times[name][side].append(seconds * 1000)
    return {name: _told(name, sides) for name, sides in times.items()}


def _told(name: str, sides: dict[str, list[float]]) -> float:
    medians = {side: statistics.median(values) for side, values in sides.items()}
    ours = medians.pop("portal")
    raw = "  ".join(f"{side} takes {ms / ours:8.2f} times as long" for side, ms in medians.items())
    print(f"  {name:<34} {ours:8.1f} ms  {raw}")
    return ours


def pages(site: Site) -> dict[str, float]:
    """Page → median milliseconds over the wire, signed in as the ministry and a prefecture."""
    times: dict[str, list[float]] = defaultdict(list)
    with site.running() as port:
        ministry, prefecture = (site.sign_in(port, who) for who in ("ministry", "prefecture"))
        for turn in range(ROUNDS + 1):
            for name, browser, address in (
                ("page: 47 prefectures", ministry, "/statistics/"),
                ("page: whole course", ministry, "/statistics/?period=all"),
                ("page: a prefecture", prefecture, "/statistics/"),
                ("page: its centres", prefecture, "/statistics/?level=centre"),
            ):
                answer = browser.get(address)
                assert answer.status == 200, f"{name}: {answer.status}"
                if turn:
                    times[name].append(answer.seconds * 1000)
    return {name: statistics.median(values) for name, values in times.items()}


def save_cost(site: Site) -> None:
    """One changed date of a case, saved: with the sums, without the profiles, without any."""
    app = create_app(DemoSettings({"DATA_DIR": str(site.directory)}))
    times: dict[str, list[float]] = defaultdict(list)
    ways: dict[str, tuple[Any, ...]] = {
        "with the sums": (),
        "without profiles": ("profile", lambda _facts: Counter()),
        "without any": ("recount", lambda *_given: None),
    }
    with app.app_context(), acting_as(system_actor("rollup rebuild")):
        found = db.select(Case.id).where(Case.notification_state == "accepted").limit(SAVES)
        keys = list(db.session.scalars(found))
        db.session.rollback()
        for turn in range(5):
            for number, key in enumerate(keys):
                for name, instead in ways.items():
                    on = clock.today() - timedelta(days=(turn * 3 + number + len(name)) % 20)
                    with ExitStack() as stack:
                        if instead:
                            stack.enter_context(_instead(*instead))
                        seconds = measured(lambda: _save(key, on))  # noqa: B023
                    if turn:
                        times[name].append(seconds)
    floor = statistics.median(times["without any"])
    print("\nsaving a case with another date of onset")
    for name, values in times.items():
        print(f"  {name:<18} {statistics.median(values) / floor:5.2f} times")


@contextmanager
def _instead(name: str, work: Callable[..., Any]) -> Iterator[None]:
    """The upkeep with one of its steps left out."""
    before = getattr(upkeep, name)
    setattr(upkeep, name, work)
    try:
        yield
    finally:
        setattr(upkeep, name, before)


def _save(key: int, on: date) -> None:
    with transaction() as session:
        case = session.get_one(Case, key)
        case.onset_on = on


def main(sizes: list[int]) -> None:
    folder = ROOT / "var" / "bench" / "figures"
    site = Site("figures", 300, folder, f"sqlite:///{folder / 'portal.sqlite3'}")
    site.prepare()
    save_cost(site)
    last = clock.today()
    medians = []
    for size in sizes:
        found = ask(size, site, last)
        medians.append(found | pages(site))
    print(f"\ngrowth from {sizes[0]:,} to {sizes[-1]:,} cases")
    for name, first in medians[0].items():
        then = medians[-1][name]
        print(f"  {name:<34} {first:8.1f} ms → {then:8.1f} ms  {then / first:5.2f} times")


if __name__ == "__main__":
    main([int(word) for word in sys.argv[1:]] or [1_000_000, 10_000_000])
