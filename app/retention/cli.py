"""``flask --app run retention …``: the daily work by hand."""

import click
from flask.cli import AppGroup

from app.core import clock
from app.retention.applying import run_apply
from app.retention.preview import run_preview
from app.security.actor import acting_as, system_actor

retention_cli = AppGroup("retention", help="How long identity is kept.")


@retention_cli.command("preview")
def preview() -> None:
    """List what is due within a week; take off what was changed or held. Nothing is erased."""
    with acting_as(system_actor("retention")):
        done = run_preview(clock.today())
    click.echo(f"{done.entered:,} entered, {done.left:,} taken off")


@retention_cli.command("apply")
def apply() -> None:
    """Anonymise what has stood in the preview for seven full days, unheld and unchanged."""
    with acting_as(system_actor("retention")) as system:
        done = run_apply(clock.today(), by=system)
    click.echo(f"{done.anonymised:,} records anonymised, {done.left:,} taken off")
