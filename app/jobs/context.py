"""What a handler is given: its parameters, its actor, its progress, its file."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from app.core.db import db
from app.jobs import files, leases
from app.jobs.leases import Lease
from app.jobs.models import JobRun
from app.security.actor import Actor

log = logging.getLogger(__name__)
WRITE_EVERY_SECONDS = 0.5


class JobStopped(Exception):
    """The process is being stopped: the job goes back to wait for the next one."""


class LeaseLost(Exception):
    """The job was cancelled, or another process took it over: whatever is done is void."""


class JobContext:
    """The side of a job its handler sees."""

    def __init__(self, row: JobRun, lease: Lease, stopping: Callable[[], bool]) -> None:
        self.job_id: int = row.id
        self.title: str = row.title
        self.actor: Actor = row.actor
        self.parameters: dict[str, Any] = dict(row.parameters)
        self.lost = threading.Event()
        self._file_token, self._attempt = row.file_token, row.attempts
        self._lease, self._stopping = lease, stopping
        self._written_at = 0.0

    def output_path(self, name: str) -> Path:
        """Where to write the file that is offered as ``name``; an earlier one is replaced."""
        directory = files.attempt_directory(self._file_token, self._attempt)
        return directory / files.safe_name(name)

    def progress(self, done: int, total: int | None = None, message: str | None = None) -> None:
        """Say how far the work is; call it often, it writes at most twice a second.

        Raises:
            JobStopped, LeaseLost: leave the handler at once; do not catch them.
        """
        if self._stopping():
            raise JobStopped
        if self.lost.is_set():
            raise LeaseLost
        moment = time.monotonic()
        if moment - self._written_at < WRITE_EVERY_SECONDS and done != total:
            return
        if _holds_the_only_writer():
            return
        self._written_at = moment
        values: dict[str, Any] = {"progress_done": done, "progress_total": total}
        if message is not None:
            values["message"] = message
        if not leases.renew(self._lease, **values):
            self.lost.set()
            raise LeaseLost


def _holds_the_only_writer() -> bool:
    # SQLite has one writer: inside the handler's own transaction a second connection
    # would wait for this very thread.
    session = db.session()
    return bool(session.info.get("in_transaction")) and db.engine.dialect.name == "sqlite"


@contextmanager
def heartbeat(app: Flask, lease: Lease, lost: threading.Event) -> Iterator[None]:
    """Renew the lease from a thread while the block runs; sets ``lost`` when it is gone."""
    over = threading.Event()

    def beat() -> None:
        with app.app_context():
            while not over.wait(leases.lease_seconds() / 3):
                try:
                    if not leases.renew(lease):
                        lost.set()
                        return
                except SQLAlchemyError as problem:
                    # The database is busy or away: the next beat tries again.
                    log.warning("heartbeat of job %s: %s", lease.job_id, type(problem).__name__)

    thread = threading.Thread(target=beat, name=f"heartbeat-{lease.job_id}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
