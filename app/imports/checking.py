"""After applying: the totals are read again from the database and held against the file."""

from typing import Any

from sqlalchemy import func, select

from app.cases.models import Case
from app.core.db import db
from app.core.transaction import transaction
from app.imports.creating import WRITER
from app.imports.models import ImportBatch, ImportedCase, StagedRow
from app.security.actor import acting_as, system_actor

_ROW, _CASE, _IMPORTED = StagedRow.__table__, Case.__table__, ImportedCase.__table__


def check_totals(batch_id: int) -> bool:
    """Count again, keep what was found with the batch; True when everything adds up."""
    with acting_as(system_actor(WRITER)), transaction() as session:
        batch = session.get_one(ImportBatch, batch_id)
        batch.checks = _checks(batch)
        return all_add_up(batch)


def all_add_up(batch: ImportBatch) -> bool:
    """True when no check found a difference."""
    return all(expected == found for _name, expected, found in batch.checks or ())


def _checks(batch: ImportBatch) -> list[list[Any]]:
    mine = _ROW.c.batch_id == batch.id
    plans = dict(
        db.session.connection()
        .execute(select(_ROW.c.plan, func.count()).where(mine).group_by(_ROW.c.plan))
        .all()
    )
    kept = sum(plans.values())
    applied = _count(mine, _ROW.c.plan == "new", _ROW.c.applied_at.is_not(None))
    there = select(_CASE.c.id).where(_CASE.c.id == _ROW.c.case_id).exists()
    made = _count(mine, _ROW.c.plan == "new", _ROW.c.applied_at.is_not(None), there)
    settled = (
        mine,
        _ROW.c.key.is_not(None),
        _ROW.c.plan.in_(("new", "changed")),
        _ROW.c.applied_at.is_not(None),
    )
    tied = (
        select(_IMPORTED.c.id)
        .where(
            _IMPORTED.c.source == batch.origin,
            _IMPORTED.c.key == _ROW.c.key,
            _IMPORTED.c.case_id == _ROW.c.case_id,
        )
        .exists()
    )
    return [
        ["rows", batch.row_count, kept],
        ["plans", kept, sum(batch.counts.values())],
        ["created", applied, made],
        ["tied", _count(*settled), _count(*settled, tied)],
    ]


def _count(*conditions: Any) -> int:
    statement = select(func.count()).select_from(_ROW).where(*conditions)
    return int(db.session.connection().scalar(statement) or 0)
