"""Setting right what died: jobs of killed processes, lost messages, files past their time."""

import logging
from dataclasses import dataclass
from datetime import timedelta

from flask import current_app
from flask_babel import gettext
from sqlalchemy import or_

from app.core import clock
from app.jobs import files, leases
from app.jobs.models import JobRun
from app.jobs.queue import queue_of

log = logging.getLogger(__name__)
ATTEMPT_LIMIT = 3


@dataclass(frozen=True, slots=True)
class Swept:
    """What one sweep did, in jobs."""

    taken_up: int = 0
    given_up: int = 0
    sent_again: int = 0
    expired: int = 0


def sweep() -> Swept:
    """Take up jobs whose process died, send lost ones again, remove expired files.

    Any number of processes may sweep at the same time: every step compares and swaps.
    """
    taken_up, given_up = _orphans()
    return Swept(taken_up, given_up, _unsent(), _expired())


def _orphans() -> tuple[int, int]:
    taken_up = given_up = 0
    for row in leases.rows_where(JobRun.state == "running", JobRun.lease_until < clock.now()):
        unchanged = (
            JobRun.id == row.id,
            JobRun.lease_token == row.lease_token,
            JobRun.lease_until == row.lease_until,
        )
        if row.attempts >= ATTEMPT_LIMIT:
            given_up += _give_up(row, unchanged)
        elif leases.change_where(
            unchanged, state="waiting", lease_token=None, lease_until=None, queued_at=None
        ):
            taken_up += 1
            log.warning("job %s lost its process and is taken up again", row.id)
    return taken_up, given_up


def _give_up(row: JobRun, unchanged: tuple[object, ...]) -> bool:
    message = gettext("The work was interrupted several times and was given up.")
    ended = leases.change_where(
        unchanged,
        state="failed",
        message=message,
        finished_at=clock.now(),
        lease_token=None,
        lease_until=None,
        parameters={},
    )
    if ended:
        files.remove(row.file_token)
        log.error("job %s lost its process %s times and was given up", row.id, row.attempts)
    return ended


def _unsent() -> int:
    patience = timedelta(seconds=float(current_app.config["JOB_RESEND_SECONDS"]))
    now = clock.now()
    sent = 0
    for row in leases.rows_where(
        JobRun.state == "waiting",
        or_(JobRun.queued_at.is_(None), JobRun.queued_at < now - patience),
    ):
        same = (JobRun.id == row.id, JobRun.state == "waiting")
        before = JobRun.queued_at.is_not_distinct_from(row.queued_at)
        if leases.change_where((*same, before), queued_at=now):
            # A second message for the same job is harmless: only one can claim it.
            sent += queue_of(current_app).send(row.id)
    return sent


def _expired() -> int:
    removed = 0
    for row in leases.rows_where(JobRun.expires_at < clock.now()):
        files.remove(row.file_token)
        rest = {key: value for key, value in row.result.items() if key != "file"}
        removed += leases.change_where((JobRun.id == row.id,), result=rest, expires_at=None)
    return removed
