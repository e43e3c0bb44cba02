"""Reads of scheduled reports, under the reader's own law."""

from collections.abc import Sequence
from typing import BinaryIO

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.core import clock
from app.core.db import db
from app.core.errors import NotVisible
from app.generated.arguments import record_key
from app.jobs import files
from app.jobs.models import JobRun
from app.reports.models import ReportLayout
from app.reports.schedules.models import ReportIssue, ReportSchedule
from app.reports.schedules.service import SCHEDULER
from app.security.actor import acting_as

LISTED = 60


def issues(schedule_id: int | None = None) -> Sequence[ReportIssue]:
    """The latest reports of the reader's area, or of one schedule, newest first."""
    wanted = select(ReportIssue).order_by(ReportIssue.due_at.desc(), ReportIssue.id.desc())
    if schedule_id is not None:
        wanted = wanted.where(ReportIssue.schedule_id == schedule_id)
    found: Sequence[ReportIssue] = db.session.scalars(wanted.limit(LISTED)).all()
    return found


def schedules() -> Sequence[ReportSchedule]:
    """What is scheduled in the reader's area, the ended ones last."""
    wanted = select(ReportSchedule).order_by(
        ReportSchedule.state == "ended", ReportSchedule.next_at, ReportSchedule.id
    )
    found: Sequence[ReportSchedule] = db.session.scalars(wanted.limit(LISTED)).all()
    return found


def schedule_or_404(text: str) -> ReportSchedule:
    """The schedule. Raises NotVisible: there is none for this reader."""
    found = db.session.scalar(select(ReportSchedule).where(ReportSchedule.id == record_key(text)))
    if found is None:
        raise NotVisible(_l("There is no such record."))
    return found


def is_scheduled(layout: ReportLayout) -> bool:
    """True when a report is still to be made in the layout, whoever scheduled it."""
    wanted = select(ReportSchedule.id).where(
        ReportSchedule.layout_id == layout.id, ReportSchedule.state != "ended"
    )
    with acting_as(SCHEDULER):
        return db.session.scalar(wanted.limit(1)) is not None


def file_of(text: str) -> tuple[ReportIssue, str, BinaryIO]:
    """A report with its file's name and content.

    Raises:
        NotVisible: there is none for this reader, or it is no longer kept.
    """
    issue = db.session.scalar(select(ReportIssue).where(ReportIssue.id == record_key(text)))
    if issue is None:
        raise NotVisible(_l("There is no such record."))
    with acting_as(SCHEDULER):
        job = db.session.get(JobRun, issue.job_id)
    over = issue.expires_at is None or issue.expires_at <= clock.now()
    kept = job is not None and job.has_file and not over
    content = files.opened(job.result["file"]) if job is not None and kept else None
    if job is None or content is None:
        raise NotVisible(_l("The file is no longer kept."))
    return issue, str(job.result["name"]), content
