"""Taking personal values out of the history when their retention ends.

The entry stays, with who, when and which items; its code still verifies, because it covers the
digests of the values and not the values. A digest without its salt tells nobody anything.
"""

from collections.abc import Collection
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.audit.chain import REASON, without_salt
from app.audit.history import record_explicitly
from app.audit.models import HistoryEntry
from app.core.errors import NotAllowed
from app.security.actor import Actor
from app.security.claims import rewriting

_ENTRY = HistoryEntry.__table__


def erase_values(
    session: Session,
    record_type: str,
    record_id: int,
    names: Collection[str],
    *,
    by: Actor,
    reasons: bool = True,
) -> int:
    """Erase the values of ``names`` from every entry of a record, inside the caller's transaction.

    Args:
        reasons: the free-text reasons go too: they may name somebody.

    Returns:
        How many entries lost a value. The record's chain says what was erased, and by whom.

    Raises:
        NotAllowed: ``by`` is not the system.
    """
    if not by.is_system:
        raise NotAllowed
    gone = {*names, REASON} if reasons else set(names)
    connection = session.connection()
    of_record = (_ENTRY.c.record_type == record_type, _ENTRY.c.record_id == record_id)
    touched: set[str] = set()
    entries, row = 0, None
    for row in connection.execute(select(_ENTRY).where(*of_record).order_by(_ENTRY.c.id)).all():
        mine = {n for n, proof in row.proof.items() if n in gone and _holds_value(row, n, proof)}
        if mine:
            emptied = update(_ENTRY).where(_ENTRY.c.id == row.id).values(**_erased(row, mine))
            with rewriting():
                connection.execute(emptied)
            touched |= mine
            entries += 1
    if touched and row is not None:
        entry = {"record_type": record_type, "record_id": record_id, "action": "erased"}
        owners = {"case_id": row.case_id, "person_id": row.person_id}
        said = {"changes": dict.fromkeys(sorted(touched))}
        record_explicitly(session, [entry | owners | said])
    return entries


def _holds_value(row: Any, name: str, proof: str) -> bool:
    value = row.reason if name == REASON else row.changes.get(name)
    return value is not None and not proof.startswith(".")


def _erased(row: Any, names: set[str]) -> dict[str, Any]:
    changes = {name: None if name in names else value for name, value in row.changes.items()}
    proof = {n: without_salt(p) if n in names else p for n, p in row.proof.items()}
    return {
        "changes": changes,
        "proof": proof,
        "reason": None if REASON in names else row.reason,
    }
