"""What was changed of a layout or a survey, in lines for the page that changes it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.audit.models import HistoryEntry
from app.audit.signing import writers_of
from app.core.dates import format_instant
from app.core.db import db
from app.core.items import items_of

SHOWN = 20


@dataclass(frozen=True, slots=True)
class PastChange:
    """A change: when, by whom, and item by item what was before and after."""

    at: str
    who: str
    lines: tuple[tuple[str, str, str], ...]


def changes_of(record: Any, record_type: str) -> list[PastChange]:
    """The latest changes of a record that exists for the reader, the newest first."""
    found = db.session.scalars(
        select(HistoryEntry)
        .where(HistoryEntry.record_type == record_type, HistoryEntry.record_id == record.id)
        .order_by(HistoryEntry.id.desc())
        .limit(SHOWN)
    ).all()
    who = writers_of(found)
    labels = {one.name: str(one.label) for one in items_of(type(record))}
    return [
        PastChange(format_instant(one.at), who(one), tuple(_lines(one, labels))) for one in found
    ]


def _lines(entry: HistoryEntry, labels: dict[str, str]) -> Iterator[tuple[str, str, str]]:
    changes: dict[str, Any] = entry.changes or {}
    for name, label in labels.items():
        pair = changes.get(name)
        if isinstance(pair, list) and pair != [None, None]:
            before, after = ("－" if one is None else str(one) for one in pair)
            yield label, before, after
