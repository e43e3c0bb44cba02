"""Checking and submitting long workbooks in the background, and forgetting old rows."""

from datetime import date

from app.core.labels import Label
from app.jobs.context import JobContext
from app.jobs.daily import daily
from app.jobs.registry import Result, job
from app.sheets import service

_NAMES = {
    "submitted": "created",
    "existing": "unchanged",
    "changed": "unchanged",
    "refused": "rejected",
}


@job(
    service.CHECKING,
    title=Label("発生届ワークブックの確認", "Checking of a workbook of notifications"),
)
def check(ctx: JobContext) -> Result:
    """Judge every row of a workbook."""
    book = service.book_by_id(ctx.parameters["book"])
    service.check_book(book, by=ctx.actor, progress=ctx.progress)
    return Result(counts={"rows": book.row_count})


@job(
    service.SUBMITTING,
    title=Label("発生届ワークブックの提出", "Submitting the rows of a workbook"),
)
def submit(ctx: JobContext) -> Result:
    """Submit the rows of a workbook that may be."""
    book = service.book_by_id(ctx.parameters["book"])
    counts = service.submit_rows(
        book, ctx.parameters["confirmed"], by=ctx.actor, progress=ctx.progress
    )
    told: dict[str, int] = {}
    for outcome, count in counts.items():
        name = _NAMES.get(outcome, "rejected")
        told[name] = told.get(name, 0) + count
    return Result(counts=told)


@daily("forget notification workbooks")
def forget(_today: date) -> int:
    """Rows hold everything of a notification; they are needed until the workbook is done."""
    return service.forget_rows()
