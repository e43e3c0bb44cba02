"""``flask --app run demo …``: data for trying and measuring the portal; never in production."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

import click
from flask import current_app
from flask.cli import AppGroup

from app.cases.rules import LARGEST_ID
from app.core.db import db
from app.devtools.demo.accounts import SHARED_WORD, table_of_accounts
from app.devtools.demo.fill import fill
from app.devtools.demo.load import SIZES, MasterMissing, load_demo, load_network
from app.security.actor import Actor, acting_as, system_actor

demo = AppGroup("demo", help="Invented data (demo mode only).")
_ACTOR = system_actor("demo data")


@demo.command("load")
@click.option("--size", type=click.Choice(list(SIZES)), default="medium", show_default=True)
def load(size: str) -> None:
    """Add what is missing of the demo's institutions, accounts and cases; print the accounts."""
    _refuse_outside_demo()
    with _as_the_demo() as actor:
        loaded = load_demo(size, by=actor)
        accounts = table_of_accounts(db.session())
    click.echo(
        f"demo data: {loaded.institutions:,} institutions and areas, {loaded.accounts} accounts,"
        f" {loaded.cases:,} cases added"
    )
    _print_accounts(accounts)


@demo.command("fill")
@click.option("--cases", type=click.IntRange(1, LARGEST_ID // 2), required=True)
def fill_up(cases: int) -> None:
    """Add plain cases until there are CASES of them, for measuring (see bench/)."""
    _refuse_outside_demo()
    started = perf_counter()
    with _as_the_demo() as actor:
        load_network(by=actor)
        added = fill(cases, by=actor, progress=_progress)
    seconds = perf_counter() - started
    click.echo(f"{added:,} cases added in {seconds:,.1f} s, figures included")


def _progress(cases: int) -> None:
    if cases % 50_000 == 0:
        click.echo(f"{cases:,} cases", err=True)


def _refuse_outside_demo() -> None:
    if not current_app.config["DEMO"]:
        raise click.ClickException("Demo data are for demo mode only (PORTAL_MODE=demo).")


@contextmanager
def _as_the_demo() -> Iterator[Actor]:
    """The actor of both commands; what is missing is said in words."""
    with acting_as(_ACTOR) as actor:
        try:
            yield actor
        except MasterMissing as missing:
            raise click.ClickException("Run first: flask --app run master load") from missing


def _print_accounts(accounts: list[tuple[str, str, str]]) -> None:
    width = max((len(username) for username, _role, _place in accounts), default=0)
    roles = max((len(role) for _username, role, _place in accounts), default=0)
    click.echo(f"\n{'user name'.ljust(width)}  {'role'.ljust(roles)}  institution")
    for username, role, place in accounts:
        click.echo(f"{username.ljust(width)}  {role.ljust(roles)}  {place}")
    click.echo(f"\npassword of all: {SHARED_WORD}")
    click.echo("one-time code:   make otp NAME=clerk   (flask --app run otp clerk)")
