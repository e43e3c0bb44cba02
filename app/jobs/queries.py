"""Reading jobs: always the actor's own."""

from collections.abc import Sequence

from sqlalchemy import func, select

from app.core.db import db
from app.core.errors import NotVisible
from app.jobs.models import OPEN_STATES, JobRun
from app.jobs.scope import visible_jobs
from app.security.actor import Actor

LIST_LIMIT = 50
# Another process writes the rows, so a copy already in the session is stale.
FRESH = {"populate_existing": True}


def recent_jobs(actor: Actor) -> Sequence[JobRun]:
    """The actor's latest jobs, newest first, at most ``LIST_LIMIT``."""
    statement = (
        select(JobRun).where(visible_jobs(actor)).order_by(JobRun.id.desc()).limit(LIST_LIMIT)
    )
    found: Sequence[JobRun] = db.session.scalars(statement, execution_options=FRESH).all()
    return found


def job_by_id(actor: Actor, job_id: int) -> JobRun:
    """The actor's job.

    Raises:
        NotVisible: there is no such job, or it is somebody else's.
    """
    statement = select(JobRun).where(JobRun.id == job_id, visible_jobs(actor))
    found: JobRun | None = db.session.scalars(statement, execution_options=FRESH).first()
    if found is None:
        raise NotVisible
    return found


def open_job_count(actor: Actor) -> int:
    """How many jobs of the actor wait or run."""
    statement = (
        select(func.count())
        .select_from(JobRun)
        .where(visible_jobs(actor), JobRun.state.in_(OPEN_STATES))
    )
    return db.session.scalar(statement) or 0
