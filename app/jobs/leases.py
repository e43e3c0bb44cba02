"""The statements by which processes agree who works on a job.

Every statement is a compare-and-swap in a transaction of its own: exactly one process holds
a job's lease, and one that lost it can change nothing more. They run as the system, because
the bookkeeping is not the work of the person who asked.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from app.core import clock
from app.core.db import db, new_token
from app.core.transaction import transaction
from app.jobs.models import JobRun
from app.security.actor import acting_as, system_actor


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to work on a job until it is not renewed in time."""

    job_id: int
    token: str


def lease_seconds() -> float:
    """How long a silent process keeps its job, in seconds."""
    return float(current_app.config["JOB_LEASE_SECONDS"])


def claim(job_id: int) -> tuple[Lease, JobRun] | None:
    """Take a waiting job: its lease and a detached copy of its row; None when not waiting."""
    lease = Lease(job_id, new_token())
    now = clock.now()
    taken = change_where(
        (JobRun.id == job_id, JobRun.state == "waiting"),
        state="running",
        lease_token=lease.token,
        lease_until=_lease_end(now),
        heartbeat_at=now,
        started_at=now,
        attempts=JobRun.attempts + 1,
    )
    held = rows_where(JobRun.id == job_id, JobRun.lease_token == lease.token) if taken else []
    return (lease, held[0]) if held else None


def renew(lease: Lease, **values: Any) -> bool:
    """Heartbeat, with progress when given; False when the lease is lost or work cancelled."""
    now = clock.now()
    return held_change(lease, heartbeat_at=now, lease_until=_lease_end(now), **values)


def held_change(lease: Lease, **values: Any) -> bool:
    """Change the row of a job whose lease is still held; False when it is not."""
    conditions = (
        JobRun.id == lease.job_id,
        JobRun.state == "running",
        JobRun.lease_token == lease.token,
    )
    return change_where(conditions, **values)


def end(lease: Lease, *, state: str, **values: Any) -> bool:
    """The last word of a lease: the work is over. The searched words leave the table."""
    return held_change(
        lease,
        state=state,
        finished_at=clock.now(),
        lease_token=None,
        lease_until=None,
        parameters={},
        **values,
    )


def hand_back(lease: Lease) -> bool:
    """An orderly stop of the process: the job waits again and the attempt does not count."""
    return held_change(
        lease,
        state="waiting",
        lease_token=None,
        lease_until=None,
        queued_at=None,
        attempts=JobRun.attempts - 1,
    )


def change_where(conditions: tuple[Any, ...], **values: Any) -> bool:
    """One compare-and-swap in its own transaction; True when exactly the row was met."""
    statement = (
        update(JobRun)
        .where(*conditions)
        .values(row_version=JobRun.row_version + 1, **values)
        .execution_options(synchronize_session=False)
    )
    with acting_as(system_actor("jobs")), Session(db.engine) as session, transaction(session):
        result = session.execute(statement)
        return isinstance(result, CursorResult) and result.rowcount == 1


def rows_where(*conditions: Any) -> list[JobRun]:
    """Detached copies of the rows that meet the conditions, oldest first."""
    statement = select(JobRun).where(*conditions).order_by(JobRun.id)
    with acting_as(system_actor("jobs")), Session(db.engine) as session:
        return list(session.scalars(statement))


def _lease_end(now: datetime) -> datetime:
    return now + timedelta(seconds=lease_seconds())
