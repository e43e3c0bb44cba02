"""``flask --app run master …``: loading the master data, further institutions, areas."""

from datetime import datetime

import click
from flask.cli import AppGroup

from app.core.errors import InvalidInput, InvalidState
from app.institutions import loader, portal, service
from app.institutions.queries import institution_by_code
from app.institutions.rules import INSTITUTION_KINDS, PORTAL_ENTRIES, entries_of
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
@click.option("--from", "first", type=click.DateTime(["%Y-%m-%d"]), help="First day; else today.")
def area(municipality: str, centre: str, first: datetime | None) -> None:
    """Put a municipality in charge of a health centre."""
    with acting_as(system_actor("master area")) as actor:
        try:
            service.assign_area(
                by=actor,
                municipality_code=municipality,
                centre_code=centre,
                from_on=first and first.date(),
            )
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


@master.command("use")
@click.argument("code")
@click.option("--on/--off", "on", required=True, help="May it use the portal?")
@click.option(
    "--entry",
    "entries",
    multiple=True,
    type=click.Choice(PORTAL_ENTRIES.values),
    help="What it may do; repeat. Without any: all its kind can be given.",
)
@click.option("--read-only", is_flag=True, help="Give no entry at all.")
@click.option("--reason", required=True)
def use(code: str, on: bool, entries: tuple[str, ...], read_only: bool, reason: str) -> None:
    """Let an institution outside the administration into the portal, or shut it out."""
    with acting_as(system_actor("master use")) as actor:
        found = institution_by_code(code)
        if found is None:
            raise click.ClickException(f"there is no institution with the code {code}")
        given = () if read_only else entries or entries_of(found.kind)
        try:
            portal.decide_use(found, on=on, entries=given, reason=reason, by=actor)
        except InvalidInput as refused:
            raise click.ClickException(_sentences(refused)) from refused
        except InvalidState as refused:
            raise click.ClickException(str(refused.message)) from refused
    click.echo(f"{code}: {'on' if on else 'off'} {' '.join(found.portal_entries)}".rstrip())


def _sentences(refused: InvalidInput) -> str:
    return " ".join(str(one) for found in refused.problems.values() for one in found)
