"""``flask --app run jobs …``: the worker process, and one sweep by hand."""

import click
from flask.cli import AppGroup
from flask.globals import app_ctx

from app.core.logs import start_logging
from app.jobs.regular import do_regular_work
from app.jobs.sweep import sweep
from app.jobs.worker import work

jobs_cli = AppGroup("jobs", help="Background work.")


@jobs_cli.command("work")
def work_command() -> None:
    """Do background work until stopped (SIGTERM or Ctrl-C)."""
    start_logging()
    work(app_ctx.app)


@jobs_cli.command("sweep")
def sweep_command() -> None:
    """Take up what died, send what was lost, remove what expired; once."""
    swept = sweep()
    do_regular_work()
    click.echo(
        f"taken up {swept.taken_up}, given up {swept.given_up}, "
        f"sent again {swept.sent_again}, expired {swept.expired}"
    )
