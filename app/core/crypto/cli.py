"""``flask --app run keys …``: the keys of what is encrypted, and what lies under which."""

import sys
from collections import Counter
from time import perf_counter

import click
from flask.cli import AppGroup

from app.core.crypto.keys import LARGEST_ID, KeyRing, key_ring, new_entry, write_entries
from app.core.crypto.rotation import counts, rotate

keys = AppGroup("keys", help="Keys of the encrypted items: count, add, rotate, remove.")


@keys.command("status")
def status() -> None:
    """How many values lie under which key; the current key is marked."""
    ring = key_ring()
    current = ring.current().id
    together: Counter[int] = Counter()
    for place, found in counts().items():
        together += found
        for key_id, count in sorted(found.items()):
            click.echo(f"{place:<45} key {key_id:>3} {count:>12,}")
    known = {key.id for key in ring.all()}
    for key_id in sorted(known | set(together)):
        marks = [" (current)"] if key_id == current else []
        marks += [] if key_id in known else [" NOT CONFIGURED"]
        click.echo(f"key {key_id}: {together[key_id]:,} values{''.join(marks)}")


@keys.command("add")
def add() -> None:
    """Make a new key. It becomes the current one of a key file; of FIELD_KEYS it is printed."""
    ring = key_ring()
    key_id = next((n for n in range(1, LARGEST_ID + 1) if n not in _ids(ring)), None)
    if key_id is None:
        raise click.ClickException("All 255 ids are in use: remove keys nothing lies under.")
    entry = new_entry(key_id)
    if ring.path is None:
        click.echo(entry)
        click.echo(
            "Put it at the END of FIELD_KEYS and restart every process, then to the front and\n"
            "restart again: so no process ever meets a key it does not know. Then: keys rotate",
            err=True,
        )
        return
    write_entries(ring.path, f"{entry}\n{ring.path.read_text('ascii')}")
    click.echo(f"key {key_id} is the current one; running processes take it up within seconds")
    click.echo("next: flask --app run keys rotate")


@keys.command("rotate")
def rotate_values() -> None:
    """Bring everything under the current key. May be stopped and started again at any time."""
    begun = perf_counter()
    left = rotate(_told)
    click.echo(f"done in {perf_counter() - begun:,.1f} s, {left:,} rows left under other keys")
    if left:
        click.echo(
            "A process still writes under another key (run it again), or a value cannot be"
            " opened (see the log).",
            err=True,
        )
        sys.exit(1)


@keys.command("remove")
@click.argument("key_id", type=int)
def remove(key_id: int) -> None:
    """Take a key out of the key file, once nothing lies under it any more."""
    ring = key_ring()
    if key_id not in _ids(ring) or key_id == ring.current().id:
        raise click.ClickException("That is the current key, or none of this installation.")
    under = sum(found[key_id] for found in counts().values())
    if under:
        raise click.ClickException(f"{under:,} values lie under key {key_id}: keys rotate")
    if ring.path is None:
        click.echo(f"Nothing lies under key {key_id}: take it out of FIELD_KEYS and restart.")
        return
    lines = ring.path.read_text("ascii").splitlines()
    kept = [line for line in lines if not line.strip().startswith(f"{key_id}:")]
    write_entries(ring.path, "\n".join(kept) + "\n")
    click.echo(f"key {key_id} is removed. Backups made before the rotation still need it.")


def _ids(ring: KeyRing) -> set[int]:
    return {key.id for key in ring.all()}


def _told(name: str, done: int, total: int) -> None:
    click.echo(f"{name}: {done:,} of {total:,}")
