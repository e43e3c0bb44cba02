"""``flask --app run history …``: is the history as it was written?"""

import sys

import click
from flask.cli import AppGroup
from sqlalchemy import select

from app.audit.models import HistoryEntry
from app.audit.sealing import Digest, seal_history
from app.audit.verifying import Verified, verify_history
from app.core.db import db
from app.security.actor import acting_as, system_actor

history_cli = AppGroup("history", help="The history of changes.")


@history_cli.command("verify")
@click.option("--anchor", default="", help="A seal kept elsewhere: NUMBER:CODE.")
@click.option("--quiet", is_flag=True, help="No progress.")
def verify(anchor: str, quiet: bool) -> None:
    """Check every entry, every record's chain and every seal; exit code 1 when one is broken."""

    def progress(entries: int) -> None:
        if not quiet and entries % 10_000 == 0:
            click.echo(f"{entries:,} entries read", err=True)

    with acting_as(system_actor("history verify")):
        done = verify_history(db.session(), anchor=anchor, progress=progress)
    _say(done)
    sys.exit(1 if done.broken else 0)


@history_cli.command("seal")
def seal() -> None:
    """Seal what is new at once; the worker does it by itself."""
    click.echo(f"{seal_history():,} entries sealed")


@history_cli.command("digest")
@click.argument("entries", nargs=-1, required=True)
def digest(entries: tuple[str, ...]) -> None:
    """The verification code of a printed history: its entry numbers, as printed (5 7 9-12)."""
    made = Digest()
    with acting_as(system_actor("history digest")):
        for low, high in (_span(text) for text in entries):
            found = select(HistoryEntry.id, HistoryEntry.mac).where(
                HistoryEntry.id.between(low, high)
            )
            for key, mac in db.session.execute(found.order_by(HistoryEntry.id)):
                made.add(key, mac)
    click.echo(f"{made.count} entries: {made.hex}")


def _span(text: str) -> tuple[int, int]:
    low, _, high = text.partition("-")
    if not (low.isdigit() and (high or low).isdigit()):
        raise click.BadParameter(f"{text}: give numbers like 5 or 9-12")
    return int(low), int(high or low)


def _say(done: Verified) -> None:
    click.echo(f"{done.entries:,} entries, {done.erased:,} of them with erased values")
    click.echo(f"{done.seals:,} seals, the last one {done.last_seal or '-'}")
    if done.unsealed:
        since = done.oldest_unsealed_at
        when = f" (the oldest of {since:%Y-%m-%d %H:%M} UTC)" if since else ""
        click.echo(f"{done.unsealed:,} entries are not sealed yet{when}")
    if not done.broken:
        click.echo("The history is as it was written.")
        return
    for finding in done.findings:
        click.echo(f"BROKEN {finding.text}")
    if done.broken > len(done.findings):
        click.echo(f"… and {done.broken - len(done.findings):,} more")
