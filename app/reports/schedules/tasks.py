"""The job that makes a scheduled report, and the looks that set it going."""

from datetime import date

from app.core.db import db
from app.core.labels import Label
from app.core.transaction import transaction
from app.jobs.context import JobContext
from app.jobs.daily import daily
from app.jobs.registry import Result, job
from app.jobs.regular import regularly
from app.reports.protection import Lock
from app.reports.schedules import making
from app.reports.schedules.models import ReportIssue
from app.reports.schedules.service import SCHEDULER
from app.reports.service import default_name, make_report
from app.security.actor import acting_as

KEEP_HOURS = 14 * 24.0
"""How long a scheduled report waits for those of the area."""


@job(making.JOB, title=Label("定期の報告", "Regular report"), may_wait=True)
def make_scheduled(ctx: JobContext) -> Result:
    """Make the report with its owner's rights; started again, it rewrites the same file."""
    key: int = ctx.parameters["issue"]
    with acting_as(SCHEDULER):
        issue = db.session.get_one(ReportIssue, key)
        one = issue.schedule
        wanted = one.wanted(issue)
        said = {"recipient": one.recipient, "purpose": one.purpose}
        lock = None if one.lock is None else Lock.restored(one.lock)
    path = ctx.output_path(default_name(wanted, by=ctx.actor))
    made = make_report(wanted, path, by=ctx.actor, said=said, lock=lock, progress=ctx.progress)
    with acting_as(SCHEDULER), transaction():
        kept = db.session.get_one(ReportIssue, key)
        kept.rows, kept.people = made.rows, sorted(made.people)
    return Result(path, {"rows": made.rows}, keep_hours=KEEP_HOURS)


@regularly("scheduled reports")
def look() -> int:
    """Begin what is due, and tell what is there."""
    return making.begin_due() + making.settle()


@daily("scheduled reports (daily)")
def forget(_today: date) -> int:
    """Reports past their time, with the keys of the people in them."""
    return making.forget_old()
