"""``flask --app run import …``: files from outside."""

from pathlib import Path

import click
from flask.cli import AppGroup
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import select

from app.accounts.models import Account
from app.accounts.principal import open_account
from app.core.db import db
from app.core.errors import DomainError
from app.imports import service
from app.imports.checking import all_add_up
from app.imports.codes import CHECKS, FAULTS, PLANS
from app.imports.models import ImportBatch
from app.imports.opendata.cli import open_data
from app.security.actor import Actor, acting_as, system_actor

_EVERY = 10_000

imports = AppGroup("import", help="Bring files from outside into the portal.")
imports.add_command(open_data)


@imports.command("nesid")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path))
@click.option("--by", "user", required=True, help="Sign-in name of the clerk in whose name it is.")
@click.option("--apply", "writes", is_flag=True, help="Write what is planned (default: look only).")
def nesid(file: Path, user: str, writes: bool) -> None:
    """Take in a file in the layout of NESID: read, checked and compared; written with --apply.

    The same file may be taken in at any time: a case is recognised by its 登録ID.
    """
    with acting_as(_actor(user)) as actor:
        try:
            with file.open("rb") as content:
                batch = service.take_in(content, name=file.name, by=actor, in_background=False)
            service.read(batch.id, by=actor, progress=_progress)
            batch = service.batch_by_id(batch.id)
            if batch.state == "failed":
                raise click.ClickException((batch.problem or {}).get("ja", ""))
            if writes:
                service.apply_batch(batch.id, by=actor, progress=_progress)
                batch = service.batch_by_id(batch.id)
        except DomainError as refused:
            raise click.ClickException(str(refused.message) or type(refused).__name__) from None
        _say(batch, written=writes)


def _actor(user: str) -> Actor:
    with acting_as(system_actor("command line")):
        found = db.session.scalar(
            select(Account.user_id)
            .join(User, User.id == Account.user_id)
            .where(User.username == user)
        )
        principal = None if found is None else open_account(found)
    if principal is None:
        raise click.ClickException(f"there is no open account {user}")
    return principal.actor


def _progress(done: int, _total: int | None) -> None:
    if done % _EVERY == 0:
        click.echo(f"{done:,} rows", err=True)


def _say(batch: ImportBatch, *, written: bool) -> None:
    click.echo(f"batch #{batch.id}: {batch.row_count:,} rows")
    for plan in PLANS:
        click.echo(f"  {plan.label.ja}: {batch.counts.get(plan.value, 0):,}")
    for kind, number in sorted(batch.faults.items(), key=lambda one: -one[1]):
        click.echo(f"    {FAULTS.label(kind)}: {number:,}")
    for name, expected, found in batch.checks or ():
        mark = "=" if expected == found else "≠"
        click.echo(f"  {CHECKS.label(name)}: {expected:,} {mark} {found:,}")
    if not written:
        click.echo("dry run: nothing was written")
    elif not all_add_up(batch):
        raise click.ClickException("the totals read again do not add up")
