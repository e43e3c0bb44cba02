"""``flask --app run master …``: loading the master data and the areas of health centres."""

import click
from flask.cli import AppGroup

from app.core.errors import InvalidInput
from app.institutions import loader, service
from app.security.actor import acting_as, system_actor

master = AppGroup("master", help="Prefectures, municipalities, institutions and diseases.")


@master.command("load")
def load() -> None:
    """Bring the master tables to the state of their sources; may be run again at any time."""
    with acting_as(system_actor("master load")) as actor:
        counts = loader.load_master(by=actor)
    for one in counts:
        click.echo(f"{one.table}: {one.read} read, {one.created} created, {one.updated} updated")


@master.command("area")
@click.option("--municipality", required=True, help="Five-digit JIS code, such as 13104.")
@click.option("--centre", required=True, help="Code of the health centre.")
def area(municipality: str, centre: str) -> None:
    """Put a municipality in charge of a health centre."""
    with acting_as(system_actor("master area")) as actor:
        try:
            service.assign_area(by=actor, municipality_code=municipality, centre_code=centre)
        except InvalidInput as refused:
            sentences = (str(s) for found in refused.problems.values() for s in found)
            raise click.ClickException(" ".join(sentences)) from refused
    click.echo(f"{municipality} -> {centre}")
