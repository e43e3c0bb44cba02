"""Asking for background work, and stopping it."""

from collections.abc import Mapping
from typing import Any

from flask import current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.core import clock
from app.core.db import db
from app.core.errors import InvalidState
from app.core.transaction import transaction
from app.jobs import files, leases
from app.jobs.models import OPEN_STATES, JobRun
from app.jobs.queries import job_by_id, open_job_count
from app.jobs.queue import queue_of, send_after_commit
from app.jobs.registry import kind_named
from app.security.actor import Actor, acting_as

OPEN_LIMIT = 10


def enqueue(kind: str, parameters: Mapping[str, Any], *, by: Actor, title: object = None) -> JobRun:
    """Write down the work asked for; the worker hears of it once the row is committed.

    ``parameters`` are JSON values; they may name searched words, since they leave the table
    when the work ends. ``title`` is what the list of jobs shows, without a personal value;
    by default the kind's.

    Raises:
        KeyError: no package registers ``kind``.
        InvalidState: the actor already has ``OPEN_LIMIT`` jobs waiting or running.
    """
    known = kind_named(kind)
    with transaction() as session:
        if not by.is_system and open_job_count(by) >= OPEN_LIMIT:
            raise InvalidState(_l("Please wait until your earlier work has finished."))
        row = JobRun(
            kind=kind,
            title=str(title or known.title)[:200],
            parameters=dict(parameters),
            user_id=by.user_id,
            username=by.name,
            role=str(by.role),
            institution_id=by.institution_id,
            authority_id=by.authority_id,
            prefecture_code=by.prefecture_code,
            entries=tuple(sorted(by.entries)),
            queued_at=clock.now(),
        )
        session.add(row)
        session.flush()
        send_after_commit(session, queue_of(current_app), row.id)
    return row


def enqueue_once(kind: str, *, by: Actor) -> bool:
    """Ask for regular work unless it waits or runs already; True when it was asked for now."""
    with acting_as(by):
        open_jobs = select(JobRun.id).where(JobRun.kind == kind, JobRun.state.in_(OPEN_STATES))
        if db.session.scalar(open_jobs.limit(1)) is not None:
            return False
        enqueue(kind, {}, by=by)
    return True


def cancel(job_id: int, *, by: Actor) -> JobRun:
    """Stop an own job: a waiting one at once, a running one at its next progress.

    Raises:
        NotVisible: no such job for the actor.
        InvalidState: it has already ended.
    """
    row = job_by_id(by, job_id)
    open_still = (JobRun.id == row.id, JobRun.state.in_(OPEN_STATES))
    if not leases.change_where(
        open_still,
        state="cancelled",
        finished_at=clock.now(),
        lease_token=None,
        lease_until=None,
        parameters={},
    ):
        raise InvalidState(_l("This work has already ended."))
    files.remove(row.file_token)
    return job_by_id(by, job_id)
