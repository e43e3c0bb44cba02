"""``flask --app run master …``: loading the master data, further institutions, areas."""

import click
from flask.cli import AppGroup

from app.core.errors import InvalidInput
from app.institutions import loader, service
from app.institutions.queries import institution_by_code
from app.institutions.rules import INSTITUTION_KINDS
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
            raise click.ClickException(_sentences(refused)) from refused
    click.echo(f"{municipality} -> {centre}")


@master.command("institution")
@click.option("--kind", required=True, type=click.Choice(INSTITUTION_KINDS.values))
@click.option("--code", required=True)
@click.option("--name", required=True)
@click.option("--parent", required=True, help="Code of the institution it stands below.")
@click.option("--municipality", help="Five-digit JIS code.")
def institution(kind: str, code: str, name: str, parent: str, municipality: str | None) -> None:
    """Register a clinic, hospital, hotel or any other institution the sources do not hold."""
    with acting_as(system_actor("master institution")) as actor:
        above = institution_by_code(parent)
        if above is None:
            raise click.ClickException(f"there is no institution with the code {parent}")
        try:
            service.register_institution(
                by=actor,
                kind=kind,
                code=code,
                name=name,
                parent=above,
                municipality_code=municipality,
            )
        except InvalidInput as refused:
            raise click.ClickException(_sentences(refused)) from refused
    click.echo(f"{code}: {name}")


def _sentences(refused: InvalidInput) -> str:
    return " ".join(str(one) for found in refused.problems.values() for one in found)
