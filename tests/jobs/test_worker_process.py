"""Real worker processes, really killed."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask

from app.jobs.models import JobRun
from app.jobs.queries import job_by_id
from app.jobs.service import enqueue
from app.security.actor import acting_as
from config import ROOT
from tests.jobs.small_app import AOKI

PATIENCE_SECONDS = 30
STEPS = 8


@contextmanager
def worker(app: Flask) -> Iterator[subprocess.Popen[bytes]]:
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    command = [sys.executable, "-m", "tests.jobs.worker_process", url, app.config["DATA_DIR"]]
    process = subprocess.Popen(command, cwd=ROOT)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def ask(log: Path) -> JobRun:
    log.touch()
    with acting_as(AOKI):
        return enqueue("count_steps", {"steps": STEPS, "pause": 0.2, "log": str(log)}, by=AOKI)


def state(row: JobRun) -> str:
    with acting_as(AOKI):
        return job_by_id(AOKI, row.id).state


def test_the_job_of_a_killed_worker_is_taken_up_and_finished_once(
    jobs_app: Flask, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    row = ask(log)
    with worker(jobs_app) as first:
        until(lambda: "step 2" in log.read_text())
        first.send_signal(signal.SIGKILL)
        first.wait()
    assert state(row) == "running"
    with worker(jobs_app):
        until(lambda: state(row) == "done")
    lines = log.read_text().splitlines()
    assert (lines.count("start"), lines.count("end")) == (2, 1)
    with acting_as(AOKI):
        done = job_by_id(AOKI, row.id)
    assert (done.attempts, done.result["counts"]) == (2, {"rows": STEPS})


def test_sigterm_hands_the_running_job_back_at_once(jobs_app: Flask, tmp_path: Path) -> None:
    log = tmp_path / "log"
    row = ask(log)
    with worker(jobs_app) as process:
        until(lambda: "step 1" in log.read_text())
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 0
    assert state(row) == "waiting"
    assert "end" not in log.read_text()
