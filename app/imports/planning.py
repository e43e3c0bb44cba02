"""From rows of a file to what is planned for each of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from app.core.db import db
from app.core.labels import Label
from app.imports.judging import ATTACHED, Verdict, is_another_person, judge
from app.imports.known import Known, known_cases, ours_of
from app.imports.models import ImportBatch, StagedRow
from app.imports.readings import ReadRow
from app.imports.rows import RowReader
from app.imports.targets import KEY, NUMBER
from app.security.actor import Actor
from app.tables.reading import Cell, FaultyCell, RawRow

_ROW = StagedRow.__table__
_TO_BE_WRITTEN = ("new", "changed", "conflict")


@dataclass(slots=True)
class Planned:
    """A row with its plan; ``known`` is its case where there is one."""

    read: ReadRow
    plan: str
    verdict: Verdict = field(default_factory=Verdict)
    known: Known | None = None

    def columns(self) -> dict[str, Any]:
        """What is kept of it besides the raw cells."""
        read = self.read
        return {
            "key": read.key,
            "plan": self.plan,
            "said": read.said() if self.plan in _TO_BE_WRITTEN else None,
            "faults": [fault.plain() for fault in read.faults] or None,
            "changes": self.verdict.plain() if self.plan in ("changed", "conflict") else None,
            "disease_id": read.disease_id,
            "counted_on": read.counted_on,
            "centre_id": read.centre_id,
            "case_id": self.known.case_id if self.known and not self.known.foreign else None,
        }


def plan_rows(
    raws: Sequence[RawRow], reader: RowReader, batch: ImportBatch, *, by: Actor
) -> list[Planned]:
    """Read, check and compare a chunk of rows."""
    reads = [reader.read(raw) for raw in raws]
    _refuse_repeated(reads, batch.id)
    return plan_read(reads, batch, by=by)


def plan_read(reads: Sequence[ReadRow], batch: ImportBatch, *, by: Actor) -> list[Planned]:
    """Compare a chunk of rows that were read with the portal as it is now."""
    sound = [read for read in reads if not read.faults]
    known = known_cases(sound, batch.origin, by=by)
    return [_planned(read, known.get(read.number)) for read in reads]


def _planned(read: ReadRow, known: Known | None) -> Planned:
    ours = {} if known is None or known.case is None else ours_of(known.case, known)
    if not read.faults:
        _refuse_strangers(read, known, ours)
    if read.faults:
        return Planned(read, "rejected", known=known)
    if known is None:
        return Planned(read, "new")
    if known.unchanged:
        return Planned(read, "same", known=known)
    verdict = judge(read.values, ours, known.last)
    if read.key is not None and known.imported is None:
        verdict.taken[ATTACHED] = [None, read.key]
    elif read.key is not None and known.imported.key != read.key:
        # One case cannot be two registrations of the other system.
        verdict.disputed[ATTACHED] = [known.imported.key, read.key]
    return Planned(read, verdict.plan, verdict, known)


def _refuse_strangers(read: ReadRow, known: Known | None, ours: Mapping[str, Any]) -> None:
    """A row that speaks of no case, of a foreign one, or of another person than its case."""
    if known is None:
        if read.key is None:
            read.refuse("unknown_number", NO_CASE, item=NUMBER)
    elif known.foreign:
        read.refuse("not_yours", NOT_YOURS, item=KEY)
    elif is_another_person(read.values, ours):
        read.refuse("another_person", ANOTHER_PERSON, item=KEY)


def _refuse_repeated(reads: Sequence[ReadRow], batch_id: int) -> None:
    """The first row with a number counts; every later one is somebody's mistake."""
    keys = {read.key for read in reads if read.key is not None}
    first: dict[str, int] = {}
    if keys:
        earlier = (
            select(_ROW.c.key, func.min(_ROW.c.number))
            .where(_ROW.c.batch_id == batch_id, _ROW.c.key.in_(keys))
            .group_by(_ROW.c.key)
        )
        first = dict(db.session.connection().execute(earlier).all())
    for read in reads:
        if read.key is None:
            continue
        before = first.setdefault(read.key, read.number)
        if before < read.number:
            read.refuse("repeated_key", _repeated(before), item=KEY)


def raw_json(cells: Sequence[Cell]) -> list[Any]:
    """Cells as they are kept: texts as they are, days and numbers with what they were."""
    return [cell if type(cell) is str or cell is None else _plain_cell(cell) for cell in cells]


def raw_cells(kept: Sequence[Any]) -> tuple[Cell, ...]:
    """The cells that :func:`raw_json` kept."""
    return tuple(_TYPES[cell[0]](cell[1]) if isinstance(cell, list) else cell for cell in kept)


def _plain_cell(cell: Cell) -> Any:
    if isinstance(cell, Decimal):
        return ["n", str(cell)]
    if isinstance(cell, FaultyCell):
        return ["f", str(cell)]
    if isinstance(cell, datetime):
        return ["i", cell.isoformat()]
    return ["d", cell.isoformat()] if isinstance(cell, date) else cell


_TYPES: Mapping[str, Any] = {
    "n": Decimal,
    "i": datetime.fromisoformat,
    "d": date.fromisoformat,
    "f": FaultyCell,
}


def _repeated(line: int) -> Label:
    return Label(
        f"同じ登録IDが{line}行目にあります。", f"The same registration ID stands in row {line}."
    )


NOT_YOURS = Label(
    "この登録IDの患者は、この保健所では更新できません。",
    "The case of this registration ID cannot be updated by this health centre.",
)
ANOTHER_PERSON = Label(
    "この番号で登録されている患者とは、氏名も生年月日も異なります。番号を確認してください。",
    "The case under this number has another name and another date of birth. Check the number.",
)
NO_CASE = Label("この患者等IDの患者は見つかりません。", "There is no case with this number.")
