"""Running one job: take it, work in the name of who asked, write down how it ended."""

import logging
import traceback
from collections.abc import Callable
from datetime import timedelta

from flask import current_app
from flask.globals import app_ctx
from flask_babel import gettext

from app.core import clock
from app.core.db import new_token
from app.core.errors import DomainError, NotAllowed
from app.jobs import files, leases
from app.jobs.context import JobContext, JobStopped, LeaseLost, heartbeat
from app.jobs.leases import Lease
from app.jobs.models import JobRun
from app.jobs.registry import Result, account_stands, kind_named
from app.security.actor import acting_as, system_actor
from app.surge.service import notifications_come_first

log = logging.getLogger(__name__)


def run_job(job_id: int, *, stopping: Callable[[], bool] = lambda: False) -> bool:
    """Run the job if it waits; True when this call ran it to an end of its own.

    The work has an application context, hence a database session, of its own and meets the
    rows of the actor who asked. Nothing is raised: the row says how it ended.
    """
    app = app_ctx.app
    with app.app_context():
        if _rests(job_id):
            log.info("job %s rests until the rush is over", job_id)
            return False
        claimed = leases.claim(job_id)
        if claimed is None:
            return False
        lease, row = claimed
        context = JobContext(row, lease, stopping)
        try:
            with heartbeat(app, lease, context.lost):
                result = _work(row, context)
            return _finish(lease, row, result)
        except JobStopped:
            leases.hand_back(lease)
            log.info("job %s was handed back", job_id)
        except LeaseLost:
            log.info("job %s was cancelled or taken over", job_id)
        except DomainError as refusal:
            _fail(lease, row, message=str(refusal.message))
        except Exception as problem:  # noqa: BLE001 - the row must say how any work ended
            _fail_with_number(lease, row, problem)
        return False


def _rests(job_id: int) -> bool:
    """Work that may wait is not begun while notifications come first; the sweep sends it again."""
    rows = leases.rows_where(JobRun.id == job_id)
    if not rows or not kind_named(rows[0].kind).may_wait:
        return False
    with acting_as(system_actor("jobs")):
        return notifications_come_first()


def _work(row: JobRun, context: JobContext) -> Result:
    if not account_stands(row.actor):
        raise NotAllowed(gettext("The account that asked for this no longer has this post."))
    with acting_as(row.actor):
        return kind_named(row.kind).handler(context)


def _finish(lease: Lease, row: JobRun, result: Result) -> bool:
    outcome: dict[str, object] = {"counts": result.counts}
    if result.page is not None:
        endpoint, values = result.page
        outcome["page"] = [endpoint, dict(values)]
    if result.file is not None:
        size = result.file.stat().st_size
        sealed = files.seal(result.file)
        outcome |= {
            "file": files.relative(sealed),
            "name": result.file.name,
            "size": size,
            "once": result.once,
        }
    hours = float(result.keep_hours or current_app.config["JOB_FILE_HOURS"])
    ended = leases.end(
        lease,
        state="done",
        result=outcome,
        message=result.message,
        expires_at=clock.now() + timedelta(hours=hours),
    )
    if ended:
        files.remove(row.file_token, keep_attempt=row.attempts)
    return ended


def _fail(lease: Lease, row: JobRun, *, message: str, error_number: str | None = None) -> None:
    if leases.end(lease, state="failed", message=message, error_number=error_number):
        files.remove(row.file_token)


def _fail_with_number(lease: Lease, row: JobRun, problem: Exception) -> None:
    """An unforeseen error: a number for the person, the place of the fault for the log.

    The exception's text is not logged: a database error carries the row's values in it.
    """
    number = new_token()[:12]
    place = "".join(traceback.format_tb(problem.__traceback__))
    name = type(problem).__name__
    log.error("job %s (%s) failed, error %s: %s\n%s", row.id, row.kind, number, name, place)
    message = gettext("The work could not be finished. Please tell support the error number.")
    _fail(lease, row, message=message, error_number=number)
