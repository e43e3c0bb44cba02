"""The daily work of retention: asked for once a day, done by the worker chunk by chunk."""

from datetime import date

from app.core import clock
from app.core.labels import Label
from app.jobs.context import JobContext
from app.jobs.daily import daily
from app.jobs.registry import Result, job
from app.jobs.service import enqueue
from app.retention.applying import run_apply
from app.retention.preview import run_preview
from app.security.actor import acting_as, system_actor

KIND = "retention"


@daily("retention")
def ask_for_retention(today: date) -> int:
    """The work itself is no part of this transaction: it takes its own, one per person."""
    enqueue(KIND, {}, by=system_actor("retention"))
    return 1


@job(KIND, title=Label("保存期限の処理", "Retention"), may_wait=True)
def run_retention(ctx: JobContext) -> Result:
    """First what has stood for a week, then what is listed anew; safe to begin again."""
    today = clock.today()
    with acting_as(system_actor("retention")) as system:
        applied = run_apply(today, by=system, progress=ctx.progress)
        listed = run_preview(today, progress=ctx.progress)
    return Result(
        counts={
            "anonymised": applied.anonymised,
            "listed": listed.entered,
            "taken_off": applied.left + listed.left,
        }
    )
