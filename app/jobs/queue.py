"""The queue: a messenger that may lose its letters, because it carries only numbers.

By default a SQLite file in ``DATA_DIR`` (also beside PostgreSQL): web and worker on one
machine need nothing else. With workers on several machines set ``QUEUE_URL`` to a
``postgresql://`` or ``redis://`` address (Redis needs the ``redis`` package).
"""

import logging
from collections.abc import Callable
from functools import cached_property
from pathlib import Path

from flask import Flask
from huey import Huey, PostgresHuey, RedisHuey, SqliteHuey
from huey.serializer import SignedSerializer
from sqlalchemy import event
from sqlalchemy.orm import Session

log = logging.getLogger(__name__)
_PENDING = "jobs_to_send"


class JobQueue:
    """Sends job numbers to the worker process; the worker hangs its runner on ``run``."""

    def __init__(self, app: Flask) -> None:
        self._config = app.config
        self.run: Callable[[int], object] | None = None

    @cached_property
    def huey(self) -> Huey:
        """The transport, opened at first use so that a process that sends nothing opens none."""
        # Signed, because the transport unpickles what it reads.
        common = {
            "results": False,
            "serializer": SignedSerializer(secret=self._config["SECRET_KEY"], salt="jobs"),
        }
        url: str = self._config["QUEUE_URL"]
        if url.startswith("redis"):
            return RedisHuey("portal", url=url, **common)
        if url.startswith("postgresql"):
            return PostgresHuey("portal", dsn=url.replace("+psycopg", "", 1), **common)
        path = Path(self._config["DATA_DIR"]) / "queue.sqlite3"
        path.parent.mkdir(parents=True, exist_ok=True)
        return SqliteHuey("portal", filename=str(path), **common)

    @cached_property
    def _message(self) -> Callable[[int], object]:
        message: Callable[[int], object] = self.huey.task(name="run_job")(self._received)
        return message

    def register(self) -> Huey:
        """The transport with the message known to it, as a consumer needs it."""
        _ = self._message
        return self.huey

    def send(self, job_id: int) -> bool:
        """Tell the worker; False when the messenger is away (the sweep sends it again)."""
        try:
            self._message(job_id)
        except Exception as problem:  # noqa: BLE001 - each transport has errors of its own
            log.warning("job %s could not be sent: %s", job_id, type(problem).__name__)
            return False
        return True

    def _received(self, job_id: int) -> None:
        if self.run is not None:
            self.run(job_id)


def install_queue(app: Flask) -> None:
    """Give the application its queue (``app.extensions["job_queue"]``)."""
    app.extensions["job_queue"] = JobQueue(app)


def queue_of(app: Flask) -> JobQueue:
    """The queue of the application."""
    queue: JobQueue = app.extensions["job_queue"]
    return queue


def send_after_commit(session: Session, queue: JobQueue, job_id: int) -> None:
    """Send once the row is really there; a rolled back row is never sent."""
    session.info.setdefault(_PENDING, []).append((queue, job_id))


@event.listens_for(Session, "after_commit")
def _send_pending(session: Session) -> None:
    if session.in_nested_transaction():
        return
    for queue, job_id in session.info.pop(_PENDING, ()):
        queue.send(job_id)


@event.listens_for(Session, "after_rollback")
def _forget_pending(session: Session) -> None:
    session.info.pop(_PENDING, None)
