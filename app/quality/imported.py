"""Which findings an import brought: those of cases nobody has worked on since.

Old files hold thousands of cases with the same gap. Their findings stand in the queue as one
line of rule and import; what a clerk's own work brings to light stands there by itself.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Select, Table, bindparam, select, update

from app.core.transaction import transaction
from app.imports.models import StagedRow
from app.imports.undoing import edited_since
from app.quality.models import QualityFinding

CHUNK = 400
_ROW: Table = StagedRow.__table__
_FINDING: Table = QualityFinding.__table__


def batches_behind(connection: Connection, case_ids: Sequence[int]) -> dict[int, int]:
    """Case → the import that wrote it last, of those that nobody has changed since.

    For the system: one statement, and three more where an import did write one of them.
    """
    written = (
        select(_ROW.c.id, _ROW.c.case_id, _ROW.c.batch_id, _ROW.c.history_mark)
        .where(
            _ROW.c.case_id.in_(case_ids),
            _ROW.c.applied_at.is_not(None),
            _ROW.c.undo.is_distinct_from("undone"),
        )
        .order_by(_ROW.c.batch_id)
    )
    last = {row.case_id: row for row in connection.execute(written)}
    if not last:
        return {}
    edited = edited_since(connection, tuple(last.values()))
    return {case: row.batch_id for case, row in last.items() if row.id not in edited}


def bring_standing() -> int:
    """Gather what was found before findings knew their import; how many. Safe to repeat."""
    last, number = 0, 0
    while True:
        with transaction() as session:
            connection = session.connection()
            rows = connection.execute(_unattended(last)).all()
            batches = batches_behind(connection, sorted({row.case_id for row in rows}))
            brought = [
                {"key": row.id, "batch": batches[row.case_id]}
                for row in rows
                if row.case_id in batches
            ]
            if brought:
                connection.execute(_BRING, brought)
        if not rows:
            return number
        last, number = rows[-1].id, number + len(brought)


_BRING = (
    update(_FINDING)
    .where(_FINDING.c.id == bindparam("key"))
    .values(batch_id=bindparam("batch"), row_version=_FINDING.c.row_version + 1)
)


def _unattended(last: int) -> Select[Any]:
    imported = select(_ROW.c.id).where(
        _ROW.c.case_id == _FINDING.c.case_id, _ROW.c.applied_at.is_not(None)
    )
    return (
        select(_FINDING.c.id, _FINDING.c.case_id)
        .where(
            _FINDING.c.id > last,
            _FINDING.c.state == "open",
            _FINDING.c.batch_id.is_(None),
            imported.exists(),
        )
        .order_by(_FINDING.c.id)
        .limit(CHUNK)
    )
