"""Reading batches and rows for people: a page at a time, by key, whatever their number."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import joinedload

from app.cases.models import Case
from app.core.db import db
from app.core.errors import NotVisible
from app.imports.models import ImportBatch, ImportedCase, StagedRow
from app.institutions.diseases import Disease
from app.institutions.models import Institution

BATCHES = 50
PAGE = 50
LINES = 1000
EDITED = "edited"
_ROW = StagedRow.__table__


@dataclass(frozen=True, slots=True)
class RowPage:
    """Rows of one page, and whether there are more on either side."""

    rows: Sequence[StagedRow]
    before: bool
    after: bool


@dataclass(frozen=True, slots=True)
class Line:
    """File against portal for a disease, day and health centre.

    ``rejected`` are among ``in_file``; ``in_portal`` came from this source; ``all_cases`` from
    anywhere.
    """

    disease_id: int | None
    day: date | None
    centre_id: int | None
    in_file: int
    rejected: int
    in_portal: int
    all_cases: int

    @property
    def missing(self) -> int:
        """How many the portal lacks (negative: has more)."""
        return self.in_file - self.in_portal


def batches() -> Sequence[ImportBatch]:
    """The latest batches of the own health centre."""
    statement = select(ImportBatch).order_by(ImportBatch.id.desc()).limit(BATCHES)
    return db.session.scalars(statement).all()


def corrections_of(batch: ImportBatch) -> Sequence[ImportBatch]:
    """Files sent to put this one right, the earliest first."""
    mine = select(ImportBatch).where(ImportBatch.previous_id == batch.id)
    return db.session.scalars(mine.order_by(ImportBatch.id).limit(BATCHES)).all()


def rows_of(batch: ImportBatch, show: str | None, after: int | None, before: int | None) -> RowPage:
    """A page of rows: of one plan, of those that could not be undone, or all."""
    conditions = [StagedRow.batch_id == batch.id]
    if show == EDITED:
        conditions.append(StagedRow.undo == EDITED)
    elif show:
        conditions.append(StagedRow.plan == show)
    statement = select(StagedRow)
    if before is not None:
        statement = statement.where(*conditions, StagedRow.number < before)
        statement = statement.order_by(StagedRow.number.desc())
    else:
        statement = statement.where(*conditions, StagedRow.number > (after or 0))
        statement = statement.order_by(StagedRow.number)
    found = db.session.scalars(statement.limit(PAGE + 1)).all()
    more, found = len(found) > PAGE, found[:PAGE]
    if before is not None:
        return RowPage(found[::-1], before=more, after=True)
    return RowPage(found, before=after is not None, after=more)


def row_of(batch: ImportBatch, number: int) -> StagedRow:
    """A row by its number in the file. Raises NotVisible."""
    statement = (
        select(StagedRow)
        .where(StagedRow.batch_id == batch.id, StagedRow.number == number)
        .options(joinedload(StagedRow.batch))
    )
    found = db.session.scalars(statement).first()
    if found is None:
        raise NotVisible
    return found


def beside(row: StagedRow) -> tuple[int | None, int | None]:
    """The numbers of the rows before and after it that have the same plan."""
    same = (StagedRow.batch_id == row.batch_id) & (StagedRow.plan == row.plan)
    before = select(func.max(StagedRow.number)).where(same, StagedRow.number < row.number)
    after = select(func.min(StagedRow.number)).where(same, StagedRow.number > row.number)
    return db.session.scalar(before), db.session.scalar(after)


def people_of(rows: Iterable[StagedRow]) -> set[int]:
    """The persons of the cases these rows speak of."""
    keys = [row.case_id for row in rows if row.case_id is not None]
    if not keys:
        return set()
    statement = select(Case.person_id).where(Case.id.in_(keys), Case.person_id.is_not(None))
    return {key for key in db.session.scalars(statement) if key is not None}


def undecided(batch: ImportBatch) -> int:
    """Conflicts nobody has decided yet."""
    statement = select(func.count(StagedRow.id)).where(
        StagedRow.batch_id == batch.id,
        StagedRow.plan == "conflict",
        StagedRow.choice.is_(None),
        StagedRow.applied_at.is_(None),
    )
    return db.session.scalar(statement) or 0


def names_of(
    diseases: Iterable[Any], institutions: Iterable[Any]
) -> tuple[Mapping[int, str], Mapping[int, str]]:
    """What diseases and institutions are called, by key."""
    found = []
    named = ((Disease, Disease.short_name, diseases), (Institution, Institution.name, institutions))
    for model, name, keys in named:
        wanted = {key for key in keys if isinstance(key, int)}
        statement = select(model.id, name).where(model.id.in_(wanted))
        found.append(dict(db.session.execute(statement).all()) if wanted else {})
    return found[0], found[1]


def reconciled(batch: ImportBatch) -> Sequence[Line]:
    """File against portal per disease, day of diagnosis (else of the report) and centre."""
    mine = _ROW.c.batch_id == batch.id
    key = (_ROW.c.disease_id, _ROW.c.counted_on, _ROW.c.centre_id)
    rejected = func.sum(case((_ROW.c.plan == "rejected", 1), else_=0))
    connection = db.session.connection()
    in_file: dict[Any, tuple[int, int]] = {
        tuple(row[:3]): (row[3], row[4])
        for row in connection.execute(
            select(*key, func.count(), rejected).where(mine).group_by(*key)
        )
    }
    days = [day for _disease, day, _centre in in_file if day is not None]
    portal = _portal(batch, min(days), max(days)) if days else {}
    lines = []
    for found in sorted(in_file.keys() | portal.keys(), key=_order):
        disease, day, centre = found
        said, refused = in_file.get(found, (0, 0))
        tied, there = portal.get(found, (0, 0))
        lines.append(Line(disease, day, centre, said, refused, tied, there))
    return lines


def _portal(batch: ImportBatch, first: date, last: date) -> dict[Any, tuple[int, int]]:
    """Cases the own health centre answers for, between the first and the last day of the file."""
    day = func.coalesce(Case.diagnosed_on, Case.reported_on)
    ours = and_(ImportedCase.case_id == Case.id, ImportedCase.source == batch.origin)
    tied = select(ImportedCase.id).where(ours).exists()
    key = (Case.disease_id, day, Case.responsible_centre_id)
    statement = (
        select(*key, func.sum(case((tied, 1), else_=0)), func.count())
        .where(Case.responsible_centre_id == batch.institution_id, day.between(first, last))
        .group_by(*key)
    )
    return {tuple(row[:3]): (row[3], row[4]) for row in db.session.execute(statement)}


def _order(key: tuple[Any, ...]) -> tuple[Any, ...]:
    return (key[1] or date.max, key[0] or 0, key[2] or 0)
