"""What the regular jobs do about scheduled reports: begin those due, see what became of them."""

import logging
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select, update
from sqlalchemy.exc import IntegrityError

from app.accounts.principal import still_stands
from app.core import clock
from app.core.db import db
from app.core.errors import DomainError
from app.core.transaction import transaction
from app.jobs.models import JobRun
from app.jobs.service import enqueue
from app.reports.kinds import kind_named
from app.reports.rules import words_of
from app.reports.schedules import notices
from app.reports.schedules.models import ReportIssue, ReportSchedule, area_columns
from app.reports.schedules.rules import days_of, due
from app.reports.schedules.service import SCHEDULER
from app.security.actor import acting_as

log = logging.getLogger(__name__)
JOB = "scheduled report"
MOST_FAILURES = 3
KEPT_DAYS = 30
"""How long it is said that a report could not be made."""


def begin_due() -> int:
    """Begin every report that is due; how many. Two workers at once begin it once."""
    now = clock.now()
    wanted = select(ReportSchedule).where(
        ReportSchedule.state == "active", ReportSchedule.next_at <= now
    )
    return sum(_begin(one, now) for one in db.session.scalars(wanted).all())


def settle() -> int:
    """See which reports are there or failed, and tell it once; how many."""
    wanted = select(ReportIssue, JobRun).outerjoin(JobRun, JobRun.id == ReportIssue.job_id)
    rows = db.session.execute(
        wanted.where(
            ReportIssue.state == "making", or_(JobRun.id.is_(None), ~JobRun.state.in_(_OPEN))
        ),
        execution_options={"populate_existing": True},
    )
    return sum(_settle(issue, job) for issue, job in rows.all())


def forget_old() -> int:
    """Remove reports whose file is gone, and old failures, with the people in them."""
    now = clock.now()
    gone = delete(ReportIssue).where(
        or_(
            ReportIssue.expires_at < now,
            (ReportIssue.state == "failed") & (ReportIssue.due_at < now - timedelta(KEPT_DAYS)),
        )
    )
    with transaction() as session:
        return int(session.connection().execute(gone).rowcount)


_OPEN = ("waiting", "running")


def _begin(one: ReportSchedule, now: datetime) -> bool:
    if not still_stands(one.actor):
        _pause(one, "account")
        return False
    try:
        with transaction():
            return _claimed(one, now)
    except (DomainError, IntegrityError) as refusal:
        # The owner has too much work waiting, say: the next look tries again, others go on.
        log.warning("scheduled report %s waits: %s", one.id, type(refusal).__name__)
        return False


def _claimed(one: ReportSchedule, now: datetime) -> bool:
    at, following = due(one.rhythm, one.next_at, now)
    table = ReportSchedule.__table__
    same = (table.c.id == one.id, table.c.next_at == one.next_at, table.c.state == "active")
    session = db.session()
    change = update(table).where(*same).values(next_at=following, last_at=at)
    if at is None or not session.connection().execute(change).rowcount:
        return False
    kind = kind_named(one.kind)
    first, last = days_of(kind.span, one.rhythm, clock.in_japan(at).date())
    issue = ReportIssue(
        schedule_id=one.id,
        job_id=0,
        kind=one.kind,
        action=one.action,
        role=one.role,
        institution_id=one.institution_id,
        due_at=at,
        first_on=first,
        last_on=last,
        **area_columns(one.area),
    )
    session.add(issue)
    session.flush()
    title = f"{kind.label} {words_of(kind.span, first, last)}"
    issue.job_id = enqueue(JOB, {"issue": issue.id}, by=one.actor, title=title).id
    session.flush()
    session.expire(one)
    return True


def _settle(issue: ReportIssue, job: JobRun | None) -> bool:
    ready = job is not None and job.state == "done"
    with transaction() as session:
        table = ReportIssue.__table__
        change = (
            update(table)
            .where(table.c.id == issue.id, table.c.state == "making")
            .values(
                state="ready" if ready else "failed",
                problem="" if ready or job is None else job.message[:300],
                expires_at=job.expires_at if ready and job is not None else None,
            )
        )
        if not session.connection().execute(change).rowcount:
            return False
        session.refresh(issue)
        one = session.get_one(ReportSchedule, issue.schedule_id)
        one.failures = 0 if ready else one.failures + 1
        if ready:
            notices.tell_ready(one, issue)
        else:
            notices.tell_owner(one, issue)
    if one.failures >= MOST_FAILURES and one.state == "active":
        _pause(one, "failures")
    return True


def _pause(one: ReportSchedule, reason: str) -> None:
    with acting_as(SCHEDULER), transaction():
        one.state, one.paused_by = "paused", reason
        notices.tell_paused(one)
