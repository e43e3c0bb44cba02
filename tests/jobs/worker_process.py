"""``python -m tests.jobs.worker_process URL DATA_DIR``: the worker of the small application."""

import logging
import sys
from pathlib import Path

from app.jobs.worker import work
from tests.jobs.small_app import make_app

if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    url, data = sys.argv[1:]
    work(make_app(url, Path(data), JOB_LEASE_SECONDS=1, JOB_SWEEP_SECONDS=0.3))
