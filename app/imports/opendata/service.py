"""Brings the cases of an open-data line list into the portal: one file, one transaction."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.causes import reason
from app.audit.history import because
from app.core import clock
from app.core.errors import NotAllowed
from app.core.labels import Label
from app.core.transaction import transaction
from app.imports.opendata.findings import Findings, Outcome
from app.imports.opendata.places import Places, names_of_municipalities
from app.imports.opendata.reader import Header, Unreadable, header_of, rows_below
from app.imports.opendata.rows import Rejected, Row, is_blank, read_row
from app.imports.opendata.writing import Diseases, covid_19, write
from app.institutions.models import Institution, Municipality, Prefecture
from app.security.actor import Actor

OPEN_DATA = reason("open_data", Label("オープンデータの取込", "Import of open data"))
BATCH = 1_000
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Imported:
    """How the file was read, and what happened to its rows."""

    header: Header
    outcome: Outcome


def import_open_data(
    path: Path,
    *,
    by: Actor,
    dry_run: bool = False,
    report: IO[str] | None = None,
    progress: Progress = lambda _rows: None,
) -> Imported:
    """Create and update the cases of a line list (陽性患者属性); a second run creates none.

    A case is recognised by publisher and number. ``dry_run`` does everything but write;
    ``report`` receives every finding as CSV; ``progress`` is told the rows read so far.

    Raises:
        NotAllowed: ``by`` is not the system (a command).
        Unreadable: the file as a whole is not such a list; nothing was written.
        Conflict: a case was saved by somebody at the same moment; nothing was written.
    """
    if not by.is_system:
        raise NotAllowed
    header = header_of(path)
    outcome = Outcome()
    findings = Findings(outcome, report)
    with because(OPEN_DATA(path.name)[:400]), transaction() as session:
        places, diseases = places_of(session), covid_19(session)
        if not places.prefectures or not diseases.periods:
            raise Unreadable("The master data are missing. Run first: flask --app run master load")
        for batch in _batches(path, header, places, outcome, findings):
            _write(session, batch, places, diseases, outcome, findings, dry_run=dry_run)
            progress(outcome.read)
    if not outcome.adds_up:
        raise AssertionError("the counts of the import do not add up")
    return Imported(header, outcome)


def places_of(session: Session) -> Places:
    """The master data an import checks against, read once."""
    municipalities = session.execute(select(Municipality.code, Municipality.name))
    authorities = session.execute(
        select(Institution.lg_code, Institution.id).where(Institution.kind == "authority")
    )
    prefectures = session.execute(select(Prefecture.name, Prefecture.code))
    return Places(
        prefectures=dict(prefectures.all()),
        municipalities=names_of_municipalities((code, name) for code, name in municipalities),
        authorities={code: key for code, key in authorities if code is not None},
    )


def _batches(
    path: Path, header: Header, places: Places, outcome: Outcome, findings: Findings
) -> Iterator[list[Row]]:
    """Readable rows in batches; the others are counted and listed."""
    lines: dict[tuple[str, str], int] = {}
    batch: list[Row] = []
    today = clock.today()
    for line, cells in rows_below(path, header):
        outcome.read += 1
        if is_blank(cells):
            outcome.blank += 1
            continue
        try:
            row = read_row(line, cells, header.columns, places, today=today)
            _refuse_twice(row, lines)
        except Rejected as rejected:
            outcome.rejected += 1
            findings.add([rejected.finding])
            continue
        findings.add(row.findings)
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    yield batch


def _refuse_twice(row: Row, lines: dict[tuple[str, str], int]) -> None:
    """A number stands for one case: the first row counts, a second is somebody's mistake."""
    first = lines.setdefault((row.publisher, row.key), row.line)
    if first != row.line:
        reason = f"the number {row.key[:20]} already stands in line {first}"
        raise Rejected(row.line, "No", reason)


def _write(
    session: Session,
    batch: list[Row],
    places: Places,
    diseases: Diseases,
    outcome: Outcome,
    findings: Findings,
    *,
    dry_run: bool,
) -> None:
    written = write(session, batch, places, diseases, dry_run=dry_run)
    outcome.created += written.created
    outcome.updated += written.updated
    outcome.unchanged += written.unchanged
    findings.add(written.findings)
