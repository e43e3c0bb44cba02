"""``python -m app.jobs.worker``: the process that does the background work.

Start as many as the machine has processors to spare; each runs one job at a time. SIGTERM
stops it in order: a running job goes back to wait and loses nothing but its unfinished step.
SIGKILL is survived too: the job's lease runs out and another process takes it up.
"""

import logging
import os
import threading
from typing import Any

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from app.audit.sealing import seal_history
from app.core.logs import start_logging
from app.jobs.daily import do_daily_chores
from app.jobs.queue import queue_of
from app.jobs.regular import do_regular_work
from app.jobs.runner import run_job
from app.jobs.sweep import sweep

log = logging.getLogger(__name__)
STOP_SECONDS = 8
GIVES_WAY = 10
"""Of 19: a page of the server on the same machine gets the processor nine times as often."""


def work(app: Flask) -> None:
    """Work until a signal says stop (SIGTERM, SIGINT); returns then."""
    queue = queue_of(app)
    consumer: Any = queue.register().create_consumer(
        workers=1,
        worker_type="thread",
        periodic=False,
        max_delay=1.0,
        shutdown_timeout=STOP_SECONDS,
        graceful_signal="TERM",
    )
    stop: threading.Event = consumer.stop_flag

    def run(job_id: int) -> None:
        with app.app_context():
            run_job(job_id, stopping=stop.is_set)

    queue.run = run
    sweeper = threading.Thread(target=_sweep_until, args=(app, stop), name="sweep", daemon=True)
    sweeper.start()
    consumer.run()


def _sweep_until(app: Flask, stop: threading.Event) -> None:
    """Sweep at the start and then regularly, beside the work, so that a long job delays none."""
    while True:
        try:
            with app.app_context():
                sweep()
                do_regular_work()
                do_daily_chores()
                seal_history()
        except SQLAlchemyError as problem:
            log.warning("sweep: %s", type(problem).__name__)
        if stop.wait(float(app.config["JOB_SWEEP_SECONDS"])):
            return


def main() -> None:
    """Work as the environment's settings say."""
    # Imported late: the application itself knows this module through its commands.
    from app import create_app
    from config import from_environment

    start_logging()
    # Pages go first where both want the processor; nobody waits in front of a background job.
    os.nice(GIVES_WAY)
    work(create_app(from_environment()))


if __name__ == "__main__":
    main()
