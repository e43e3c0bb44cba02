"""The cases of the statistics' tests; reports asked for by the cast and made at once."""

import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.jobs import files
from app.jobs.models import JobRun
from app.jobs.queries import job_by_id
from app.jobs.runner import run_job
from app.reports.kind import Wanted
from app.reports.service import request_report
from app.security.actor import acting_as
from app.statistics.areas import own_area
from tests.statistics.conftest import add_case, add_stay, as_system, counting, day, emptied
from tests.support import cast

__all__ = [
    "Visitor",
    "add_case",
    "add_stay",
    "as_system",
    "asked_and_made",
    "book_of",
    "content_of",
    "counting",
    "day",
    "emptied",
    "made_by",
    "wanted_of",
]
Visitor = Callable[[str], FlaskClient]


@pytest.fixture
def visitor(emptied: Flask, monkeypatch: pytest.MonkeyPatch) -> Visitor:
    monkeypatch.setitem(emptied.config, "WTF_CSRF_ENABLED", False)
    monkeypatch.setitem(emptied.config, "PROPAGATE_EXCEPTIONS", True)
    return lambda who: cast.sign_in(emptied.test_client(), who)


def wanted_of(who: str, kind: str, number: int, last: int | None = None, **more: Any) -> Wanted:
    """A report about somebody's own area on days of August 2021."""
    area = own_area(cast.actor(who))
    return Wanted(kind, area, day(number), day(last or number), **more)


def asked_and_made(who: str, wanted: Wanted, **said: Any) -> JobRun:
    """The job of a report, done."""
    by = cast.actor(who)
    with acting_as(by):
        job = request_report(wanted, by=by, **said)
    return made_by(who, job.id)


def made_by(who: str, job_id: int) -> JobRun:
    """Somebody's job, run now."""
    by = cast.actor(who)
    run_job(job_id)
    with acting_as(by):
        return job_by_id(by, job_id)


def content_of(job: JobRun) -> bytes:
    """The file of a job."""
    assert job.state == "done", (job.state, job.message)
    opened = files.opened(job.result["file"])
    assert opened is not None
    with opened:
        return opened.read()


def book_of(content: bytes) -> dict[str, list[tuple[Any, ...]]]:
    """Sheet → its rows as plain values."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book}
