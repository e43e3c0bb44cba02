"""``flask --app run quality …``: looking at everything anew, after an upgrade or new rules."""

import click
from flask.cli import AppGroup

from app.core.transaction import transaction
from app.quality.imported import bring_standing
from app.quality.upkeep import judge_due, note_everything
from app.security.actor import acting_as, system_actor

quality_cli = AppGroup("quality", help="Data quality.")


@quality_cli.command("recheck")
def recheck() -> None:
    """Judge every case and contact by the present rules; safe to stop and to repeat."""
    with acting_as(system_actor("data quality (command)")):
        with transaction() as session:
            waiting = note_everything(session)
        click.echo(f"{waiting:,} records to look at")
        judged = judge_due(lambda n: click.echo(f"{n:,}", err=True) if n % 10_000 < 400 else None)
        click.echo(f"{judged:,} records looked at")
        brought = bring_standing()
        click.echo(f"{brought:,} findings of imported cases gathered by their import")
