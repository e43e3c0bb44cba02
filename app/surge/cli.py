"""``flask --app run surge …``: the operator's switch on the command line."""

import click
from flask.cli import AppGroup

from app.security.actor import acting_as, system_actor
from app.surge import service
from app.surge.rules import MODES

surge_cli = AppGroup("surge", help="Notifications first, on the worst days.")


@surge_cli.command("status")
def status() -> None:
    """Say which mode is set, and whether a web process is overloaded."""
    with acting_as(system_actor("surge")):
        found = service.switch()
        mode = "auto" if found is None else found.mode
        overloaded = service.help_wanted(found)
    click.echo(f"mode {mode}; {'overloaded' if overloaded else 'not overloaded'}")


@surge_cli.command("turn")
@click.argument("mode", type=click.Choice([code.value for code in MODES]))
@click.option("--reason", required=True, help="Stands in the history.")
def turn(mode: str, reason: str) -> None:
    """Turn the switch; every process follows within five seconds."""
    with acting_as(system_actor("surge")) as actor:
        service.turn(mode, reason, by=actor)
    click.echo(f"mode {mode}")
