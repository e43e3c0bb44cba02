"""A health centre takes its cases out as files: against xlsxwriter and csv alone writing the same
cells, and against django-import-export; and what lists lose while a file is made.

    python -m bench.exports --rows 100000
    python -m bench.exports --rows 100000 --only beside

Every measure runs in a process of its own, so that its greatest memory is its own. The cells are
caught once from the portal's own reading; the others are given them ready, with every word already
found. Seconds are of processor time: SQLite works inside the process. The list is asked on the portal's real server while its real worker makes a file.
"""

import argparse
import json
import os
import pickle
import re
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

os.environ.setdefault("PORTAL_MODE", "demo")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import bindparam, func, select, update

from app import create_app
from app.accounts.principal import open_account
from app.cases.models import Case
from app.cases.views import CaseView
from app.core.db import db
from app.core.items import Item, items_of
from app.core.transaction import transaction
from app.devtools.demo.fill import fill
from app.exports.registry import plan_for
from app.exports.service import export_query, rows_of
from app.persons.models import Person
from app.security.actor import Actor, acting_as, system_actor
from bench.exports_beside import beside
from bench.exports_peers import django_csv, django_xlsx, plain_csv, plain_xlsx
from bench.portal import ROOT, Site
from config import from_environment

CLERK = "clerk"
BATCH = 5_000
WORD, SENTENCE = (
    "新宿区西新宿四丁目",
    "発熱と咳があり、同居の家族にも同じ症状がある。自宅で療養し、",
)


def main() -> int:
    options = _options()
    directory: Path = options.directory / f"exports-{options.rows}"
    url = f"sqlite:///{directory / 'portal.sqlite3'}"
    site = Site(f"{options.rows:,} rows", options.rows, directory, url)
    os.environ.update(site.environment)
    if options.measure:
        print(json.dumps(_measured(options.measure, directory)))
        return 0
    site.prepare_demo()
    _filled(options.rows)
    if options.only in ("", "files"):
        _files(options, directory)
    if options.only in ("", "beside"):
        beside(site, options.seconds)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--only", default="", choices=("", "files", "beside"))
    parser.add_argument("--seconds", type=float, default=20, help="lists are asked without a file")
    parser.add_argument("--no-django", action="store_true")
    parser.add_argument("--directory", type=Path, default=ROOT / "var" / "bench")
    parser.add_argument("--measure", help=argparse.SUPPRESS)
    return parser.parse_args()


# -- what is taken out ----------------------------------------------------------------------------


def _filled(rows: int) -> None:
    """Cases of the demo's own health centre, two thirds of their items filled in."""
    app = create_app(from_environment())
    with app.app_context(), acting_as(system_actor("bench")) as actor:
        fill(rows, by=actor, own_share=1.0)
        full = select(Person.id).where(Person.workplace.is_not(None)).limit(1)
        if db.session.scalar(full) is not None:
            return
        for model in (Case, Person):
            _complete(model)


def _complete(model: type[Any]) -> None:
    items = [item for item in items_of(model) if item.editable and item.kind in _VALUES]
    chosen = [item for number, item in enumerate(items) if number % 6 not in (2, 5)]
    chosen += [item for item in items if item.name == "workplace" and item not in chosen]
    table = model.__table__
    kept = {"name", "kana", "birth_on", "onset_on", "reported_on", "diagnosed_on"}
    named = [item for item in chosen if item.name not in kept]
    change = update(table).where(table.c.id == bindparam("key"))
    change = change.values({item.name: bindparam(f"new_{item.name}") for item in named})
    last = db.session.connection().scalar(select(func.max(table.c.id))) or 0
    for start in range(1, last + 1, BATCH):
        rows = [_row(named, key) for key in range(start, min(start + BATCH, last + 1))]
        with transaction() as session:
            session.connection().execute(change, rows)


def _row(items: Sequence[Item], key: int) -> dict[str, Any]:
    return {"key": key} | {f"new_{item.name}": _VALUES[item.kind](item, key) for item in items}


def _code(item: Item, key: int) -> str | None:
    values = item.codes.values if item.codes else ()
    return values[key % len(values)] if values else None


def _text(item: Item, key: int) -> str:
    return f"{WORD}{key % 40}"[: item.max_length or 40]


_VALUES: dict[str, Callable[[Item, int], Any]] = {
    "text": _text,
    "long_text": lambda _item, key: SENTENCE * (1 + key % 3),
    "code": _code,
    "codes": lambda item, key: (_code(item, key),),
    "date": lambda _item, key: date(2021, 8, 1) + timedelta(days=key % 60),
    "integer": lambda item, key: int(item.minimum or 0) + key % 5,
}


# -- files ----------------------------------------------------------------------------------------


def _files(options: argparse.Namespace, directory: Path) -> None:
    words = [sys.executable, "-m", "bench.exports", "--rows", str(options.rows)]
    words += ["--directory", str(options.directory)]
    names = [name for name in MEASURES if not (options.no_django and name.startswith("django"))]
    told: dict[str, dict[str, float]] = {}
    for name in ("cells", *names):
        done = subprocess.run([*words, "--measure", name], check=True, stdout=subprocess.PIPE)
        told[name] = json.loads(done.stdout.splitlines()[-1])
        one = told[name]
        print(f"{name:16} {one['seconds']:8.1f} s {one['peak']:8.0f} MB at most", flush=True)
    for kind in ("xlsx", "csv"):
        own = told[f"portal {kind}"]["seconds"]
        print(f"{kind}: {told[f'plain {kind}']['seconds'] / own:.0%} of the floor's speed", end="")
        peer = told.get(f"django {kind}")
        print(f", {peer['seconds'] / own:.1f} times that of django-import-export" if peer else "")


def _measured(name: str, directory: Path) -> dict[str, float]:
    seconds = _cells(directory) if name == "cells" else MEASURES[name](directory)
    return {"seconds": seconds, "peak": _peak()}


def _peak() -> float:
    """Megabytes at most; ``getrusage`` would begin with what the parent process had."""
    told = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(told[1]) / 1024 if told else 0.0


def _asked() -> Actor:
    with acting_as(system_actor("bench")):
        key = db.session.scalars(select(User.id).where(User.username == CLERK)).one()
        found = open_account(key)
    assert found is not None, "the demo has no such account"
    return found.actor


def _cells(directory: Path) -> float:
    """Catch the cells of every row as the portal reads them, some thousand rows at a time."""
    app = create_app(from_environment())
    with app.app_context(), acting_as(_asked()), (directory / "cells.pickle").open("wb") as file:
        plan = plan_for(CaseView.class_permission_name, {})
        columns = plan.columns.written
        pickle.dump([(str(column.label), column.kind) for column in columns], file)
        began = time.process_time()
        for batch in rows_of(db.session(), plan):
            pickle.dump(batch, file, protocol=5)
        return time.process_time() - began


def _portal(format_: Any, directory: Path) -> float:
    app = create_app(from_environment())
    with app.app_context(), acting_as(_asked()) as actor:
        began = time.process_time()
        path = directory / f"portal.{format_}"
        plan = plan_for(CaseView.class_permission_name, {})
        export_query(plan, resource="case", path=path, format_=format_, by=actor)
        return time.process_time() - began


MEASURES: dict[str, Callable[[Path], float]] = {
    "portal xlsx": lambda directory: _portal("xlsx", directory),
    "plain xlsx": plain_xlsx,
    "portal csv": lambda directory: _portal("csv", directory),
    "plain csv": plain_csv,
    "django csv": django_csv,
    "django xlsx": django_xlsx,
}


if __name__ == "__main__":
    sys.exit(main())
