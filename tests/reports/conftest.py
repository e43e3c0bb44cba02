"""The cases of the statistics' tests; reports asked for by the cast and made at once."""

import io
from typing import Any

import openpyxl

from app.jobs import files
from app.jobs.models import JobRun
from app.jobs.queries import job_by_id
from app.jobs.runner import run_job
from app.reports.kind import Wanted
from app.reports.service import request_report
from app.security.actor import acting_as
from tests.statistics.conftest import add_case, add_stay, as_system, counting, day, emptied
from tests.support import cast

__all__ = [
    "add_case",
    "add_stay",
    "as_system",
    "asked_and_made",
    "book_of",
    "content_of",
    "counting",
    "day",
    "emptied",
]


def asked_and_made(who: str, wanted: Wanted, **said: Any) -> JobRun:
    """The job of a report, done."""
    by = cast.actor(who)
    with acting_as(by):
        job = request_report(wanted, by=by, **said)
    run_job(job.id)
    with acting_as(by):
        return job_by_id(by, job.id)


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
