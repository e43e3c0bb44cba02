"""``flask --app run db walls``: row-level security of PostgreSQL, raised anew or looked at."""

import click
from flask import Flask
from sqlalchemy import Connection

from app.core.db import db
from app.security import walls
from app.security.append_only import names


def register_walls(app: Flask) -> None:
    """Add the command to the group of the migrations, after which it runs by itself."""
    group = app.cli.commands["db"]
    assert isinstance(group, click.Group)
    group.add_command(walls_command)


@click.command("walls")
@click.option("--status", is_flag=True, help="Only say what stands.")
def walls_command(*, status: bool) -> None:
    """Raise the walls of the present laws (also done by each upgrade); then say what stands."""
    if not status:
        try:
            with walls.owner_engine().begin() as connection:
                walls.raise_walls(connection)
        except walls.WallsImpossible as reason:
            raise click.ClickException(str(reason)) from reason
    with db.engine.connect() as connection:
        _print(connection)


def _print(connection: Connection) -> None:
    found = walls.status(connection)
    click.echo(f"written once: {', '.join(names())}")
    if connection.dialect.name != "postgresql":
        click.echo("row-level security: SQLite has none; the laws of the session stand alone")
        return
    held = (
        "passes the policies (give the portal a role of its own)" if found.bypasses else "is held"
    )
    click.echo(f"row-level security: {found.policies} policies; role {found.role} {held}")
    if found.missing:
        click.echo(f"without a wall: {', '.join(found.missing)}")
    if not found.knows_key:
        click.echo("the key is of another SECRET_KEY: run this command again")
