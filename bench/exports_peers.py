"""The same cells written by others: xlsxwriter and csv alone, and django-import-export."""

import csv
import pickle
import sqlite3
import time
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter

Heading = tuple[str, str]
"""The words of a column and its kind."""


def caught(directory: Path) -> tuple[Sequence[Heading], Iterator[Sequence[Sequence[Any]]]]:
    """The headings, and the rows some thousand at a time as they were caught."""

    def batches() -> Iterator[Sequence[Sequence[Any]]]:
        with (directory / "cells.pickle").open("rb") as file:
            pickle.load(file)
            while True:
                try:
                    yield pickle.load(file)
                except EOFError:
                    return

    with (directory / "cells.pickle").open("rb") as file:
        return pickle.load(file), batches()


def plain_xlsx(directory: Path) -> float:
    """Seconds of xlsxwriter in constant memory, told the type of every cell; reading not counted."""
    headings, batches = caught(directory)
    options = {"constant_memory": True, "tmpdir": str(directory)}
    began = time.process_time()
    book = xlsxwriter.Workbook(str(directory / "plain.xlsx"), options)
    formats = {
        "date": book.add_format({"num_format": "yyyy/mm/dd"}),
        "instant": book.add_format({"num_format": "yyyy/mm/dd hh:mm"}),
    }
    sheet = book.add_worksheet("Data")
    for at, (words, _kind) in enumerate(headings):
        sheet.write_string(0, at, words)
    seconds, line = time.process_time() - began, 0
    kinds = [kind for _words, kind in headings]
    for batch in batches:
        began = time.process_time()
        for row in batch:
            line += 1
            for at, cell in enumerate(row):
                if cell is None:
                    continue
                if isinstance(cell, str):
                    sheet.write_string(line, at, cell)
                elif isinstance(cell, date):
                    sheet.write_datetime(line, at, cell, formats[kinds[at]])
                else:
                    sheet.write_number(line, at, cell)
        seconds += time.process_time() - began
    began = time.process_time()
    book.close()
    return seconds + time.process_time() - began


def plain_csv(directory: Path) -> float:
    """Seconds of Python's csv over a cursor on a plain table of the same cells."""
    path = directory / "plain.sqlite3"
    headings = _as_table(directory, path)
    began = time.process_time()
    with (directory / "plain.csv").open("w", encoding="utf-8-sig", newline="") as stream:
        lines = csv.writer(stream)
        lines.writerow([words for words, _kind in headings])
        with sqlite3.connect(path) as connection:
            lines.writerows(connection.execute("SELECT * FROM row ORDER BY id"))
    return time.process_time() - began


def django_csv(directory: Path) -> float:
    return _django(directory, "csv")


def django_xlsx(directory: Path) -> float:
    return _django(directory, "xlsx")


def _django(directory: Path, kind: str) -> float:
    """Seconds of django-import-export from a plain table whose cells are words already: no laws, no
    ciphertext, no references to follow."""
    import django
    from django.conf import settings

    path = directory / "plain.sqlite3"
    headings = _as_table(directory, path)
    database = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(path)}
    apps = ["import_export"]
    settings.configure(DATABASES={"default": database}, INSTALLED_APPS=apps, USE_TZ=False)
    django.setup()
    from django.db import models
    from import_export.resources import modelresource_factory

    fields = {
        "text": models.TextField,
        "date": models.DateField,
        "instant": models.DateTimeField,
        "integer": models.IntegerField,
        "decimal": models.FloatField,
    }
    body: dict[str, Any] = {
        f"c{at}": fields[kind_](null=True) for at, (_words, kind_) in enumerate(headings)
    }
    body["__module__"] = __name__
    body["Meta"] = type("Meta", (), {"app_label": "import_export", "db_table": "row"})
    model: Any = type("Row", (models.Model,), body)
    resource = modelresource_factory(model)()
    began = time.process_time()
    written = getattr(resource.export(model.objects.order_by("id")), kind)
    mode = written if isinstance(written, bytes) else written.encode("utf-8-sig")
    (directory / f"django.{kind}").write_bytes(mode)
    return time.process_time() - began


def _as_table(directory: Path, path: Path) -> Sequence[Heading]:
    headings, batches = caught(directory)
    if path.exists() and path.stat().st_mtime > (directory / "cells.pickle").stat().st_mtime:
        return headings
    path.unlink(missing_ok=True)
    types = {"integer": "integer", "decimal": "real"}
    columns = ", ".join(f"c{at} {types.get(k, 'text')}" for at, (_w, k) in enumerate(headings))
    marks = ", ".join("?" for _heading in headings)
    with sqlite3.connect(path) as connection:
        connection.execute(f"CREATE TABLE row (id integer primary key, {columns})")
        names = ", ".join(f"c{at}" for at in range(len(headings)))
        for batch in batches:
            rows = [[_stored(cell) for cell in row] for row in batch]
            connection.executemany(f"INSERT INTO row ({names}) VALUES ({marks})", rows)
    return headings


def _stored(cell: Any) -> Any:
    if isinstance(cell, datetime):
        return cell.isoformat(" ")
    return cell.isoformat() if isinstance(cell, date) else float(cell) if _exact(cell) else cell


def _exact(cell: Any) -> bool:
    return type(cell).__name__ == "Decimal"
