"""``flask --app run import open-data``: a line list becomes cases."""

from contextlib import ExitStack
from pathlib import Path
from typing import IO

import click
from flask.cli import with_appcontext
from sqlalchemy.exc import IntegrityError

from app.core.errors import Conflict
from app.imports.opendata.findings import Outcome
from app.imports.opendata.reader import Header, Unreadable
from app.imports.opendata.service import Imported, import_open_data
from app.imports.opendata.writing import ACTOR_NAME
from app.security.actor import acting_as, system_actor

SHOWN = 20
_PROGRESS_ROWS = 10_000


@click.command("open-data")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Check and count; write nothing.")
@click.option(
    "--report",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Write every finding (line, column, effect, reason) to this CSV file.",
)
@with_appcontext
def open_data(file: Path, dry_run: bool, report: Path | None) -> None:
    """Load the cases of a line list in the government's open-data layout (陽性患者属性).

    A case is recognised by publisher and number, so the same file may be loaded again at any
    time: nothing is created twice, changed rows update what nobody corrected in the portal.
    """
    with acting_as(system_actor(ACTOR_NAME)) as actor, ExitStack() as stack:
        try:
            imported = import_open_data(
                file, by=actor, dry_run=dry_run, report=_opened(report, stack), progress=_progress
            )
        except Unreadable as unreadable:
            raise click.ClickException(f"{file.name}: {unreadable}") from unreadable
        except (Conflict, IntegrityError) as conflict:
            raise click.ClickException(
                "Somebody wrote the same cases at the same moment. Nothing was imported; run it"
                " again."
            ) from conflict
    _say(imported, dry_run=dry_run, report=report)


def _opened(report: Path | None, stack: ExitStack) -> IO[str] | None:
    if report is None:
        return None
    try:
        # A byte-order mark, so that spreadsheets read the headings of the file as they are.
        return stack.enter_context(report.open("w", encoding="utf-8-sig", newline=""))
    except OSError as error:
        raise click.ClickException(f"{report}: {error.strerror}") from error


def _progress(rows: int) -> None:
    if rows and rows % _PROGRESS_ROWS == 0:
        click.echo(f"{rows:,} rows read", err=True)


def _say(imported: Imported, *, dry_run: bool, report: Path | None) -> None:
    _say_header(imported.header)
    outcome = imported.outcome
    _say_findings(outcome, report)
    click.echo(
        f"{outcome.read:,} read, {outcome.created:,} created, {outcome.updated:,} updated,"
        f" {outcome.unchanged:,} unchanged, {outcome.rejected:,} rejected, {outcome.blank:,} blank"
    )
    if dry_run:
        click.echo("dry run: nothing was written")


def _say_header(header: Header) -> None:
    click.echo(f"encoding {header.encoding}, header in line {header.line}")
    for heading, reason in header.columns.unused.items():
        click.echo(f"column not imported: {heading} ({reason})")


def _say_findings(outcome: Outcome, report: Path | None) -> None:
    for finding in outcome.findings[:SHOWN]:
        click.echo(str(finding))
    found = outcome.effects.total()
    if found > SHOWN:
        where = f"see {report}" if report else "--report FILE.csv lists them all"
        click.echo(f"… and {found - SHOWN:,} more findings; {where}")
    if found:
        click.echo(", ".join(f"{effect}: {n:,}" for effect, n in sorted(outcome.effects.items())))
