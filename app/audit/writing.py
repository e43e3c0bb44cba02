"""Entries join the chain of their record as they are written.

The only order that has to be kept is that of one record, and whoever changed a record holds
its row until the commit: writers of different records never wait for each other. Where the
chain of a record ends is asked once per transaction; a new record has none yet.
"""

from collections.abc import Iterable
from itertools import islice
from typing import Any

from sqlalchemy import Connection, and_, event, func, or_, select
from sqlalchemy.orm import Session

from app.audit.chain import link
from app.audit.keys import keyring
from app.audit.models import HistoryEntry
from app.core.bulk import insert_many
from app.security.rows import EXEMPT

Record = tuple[str, int]
Head = tuple[int, str]
"""Number and code of the last entry of a record."""

_ENTRY = HistoryEntry.__table__
_HEADS = "history_heads"
_BATCH = 500


def write_entries(session: Session, rows: list[dict[str, Any]]) -> None:
    """Write complete entries (all columns but the chain's) in their order."""
    connection = session.connection()
    heads: dict[Record, Head] = session.info.setdefault(_HEADS, {})
    asked = {(row["record_type"], row["record_id"]) for row in rows if row["action"] != "created"}
    heads.update(_heads(connection, asked - heads.keys()))
    key = keyring().current
    for row in rows:
        record = row["record_type"], row["record_id"]
        number, previous = heads.get(record, (0, ""))
        link(row, number + 1, previous, key)
        heads[record] = row["number"], row["mac"]
    # No key is asked back: the writer may not be one who reads what was written.
    insert_many(connection, _ENTRY, rows)


def _heads(connection: Connection, records: Iterable[Record]) -> dict[Record, Head]:
    found: dict[Record, Head] = {}
    waiting = iter(sorted(records))
    while some := tuple(islice(waiting, _BATCH)):
        for kind, key, number, mac in connection.execute(_last_entries(some)):
            found[kind, key] = number, mac
    return found


def _last_entries(records: Iterable[Record]) -> Any:
    keys: dict[str, list[int]] = {}
    for kind, key in records:
        keys.setdefault(kind, []).append(key)
    later = _ENTRY.alias()
    last = (
        select(func.max(later.c.number))
        .where(later.c.record_type == _ENTRY.c.record_type, later.c.record_id == _ENTRY.c.record_id)
        .scalar_subquery()
    )
    columns = (_ENTRY.c.record_type, _ENTRY.c.record_id, _ENTRY.c.number, _ENTRY.c.mac)
    of_these = or_(
        *(and_(_ENTRY.c.record_type == k, _ENTRY.c.record_id.in_(ids)) for k, ids in keys.items())
    )
    ends = select(*columns).where(of_these, _ENTRY.c.number == last)
    # The chain goes on also where the writer may not read what others did to the record.
    return ends.execution_options(**{EXEMPT: "only the end of the chain"})


@event.listens_for(Session, "after_commit")
def _forget_after_commit(session: Session) -> None:
    session.info.pop(_HEADS, None)


@event.listens_for(Session, "after_soft_rollback")
def _forget_after_rollback(session: Session, _previous: Any) -> None:
    session.info.pop(_HEADS, None)
