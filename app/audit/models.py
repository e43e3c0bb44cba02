"""History of changes and of looks. No role and no screen edits these tables."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.crypto.types import Encrypted, encrypted_json
from app.core.db import UtcDateTime, db
from app.security.rows import append_only, internal


def _asked_by(column: str) -> Index:
    """An index for "who looked at / what did … look at", newest first; empty values left out."""
    there = text(f"{column} IS NOT NULL")
    return Index(None, column, "at", "id", sqlite_where=there, postgresql_where=there)


class HistoryEntry(db.Model):
    """One change of one record, written in the transaction of the change itself.

    ``changes`` maps item names to ``[before, after]``, or to None once the values were erased.
    Values are as personal as the columns they came from: encrypted, and shown under the same
    law of fields. ``item_names`` lists the declared items among them (``;sex;onset_on;``), so that
    entries are found by item without reading a value. The last four columns are the chain of
    the record, see :mod:`app.audit.chain`.
    """

    __tablename__ = "history_entry"
    __table_args__ = (
        UniqueConstraint("record_type", "record_id", "number"),
        Index("ix_history_entry_case_id", "case_id"),
        Index("ix_history_entry_person_id", "person_id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    record_type: Mapped[str] = mapped_column(String(40))
    record_id: Mapped[int] = mapped_column(Integer)
    case_id: Mapped[int | None] = mapped_column(Integer)
    person_id: Mapped[int | None] = mapped_column(Integer)
    action: Mapped[str] = mapped_column(String(10))
    changes: Mapped[dict[str, Any]] = mapped_column(encrypted_json())
    reason: Mapped[str | None] = mapped_column(Encrypted(String(400)))
    user_id: Mapped[int | None] = mapped_column(Integer)
    user_name: Mapped[str] = mapped_column(String(100))
    role: Mapped[str] = mapped_column(String(40))
    institution_id: Mapped[int | None] = mapped_column(Integer)
    item_names: Mapped[str] = mapped_column(Text)
    number: Mapped[int] = mapped_column(Integer)
    previous: Mapped[str] = mapped_column(String(80))
    proof: Mapped[dict[str, str]] = mapped_column(JSON)
    mac: Mapped[str] = mapped_column(String(80))


class HistorySeal(db.Model):
    """What stood in the history at one moment; each seal holds the code of the one before.

    Covers the entries after ``first_id`` up to ``last_id`` except those in ``missing`` (keys given
    out but not committed yet, as ``[from, to, number of the seal that missed them]``), and those
    in ``late`` (``[from, to]``), which an earlier seal had left open.
    """

    __tablename__ = "history_seal"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    first_id: Mapped[int] = mapped_column(Integer)
    last_id: Mapped[int] = mapped_column(Integer)
    entry_count: Mapped[int] = mapped_column(Integer)
    missing: Mapped[list[list[int]]] = mapped_column(JSON)
    late: Mapped[list[list[int]]] = mapped_column(JSON)
    digest: Mapped[str] = mapped_column(String(64))
    previous: Mapped[str] = mapped_column(String(80))
    mac: Mapped[str] = mapped_column(String(80))


class ReadEntry(db.Model):
    """Somebody looked: a page of a case or person, a list of people, a file, an API answer.

    ``role`` and ``relation`` are the ground: by which role, and by which tie to the case or
    person at that instant (code list ``look_relation``). A page about one person names it; a
    page or file about many keeps them as sets of keys (``block`` and ``members``, see
    :mod:`app.audit.members`): the first set stands in the entry itself, further ones in rows
    of ``part`` 1, 2, … that repeat who looked and when.
    """

    __tablename__ = "read_entry"
    __table_args__ = (
        _asked_by("case_id"),
        _asked_by("person_id"),
        _asked_by("block"),
        _asked_by("user_id"),
        _asked_by("institution_id"),
        Index(None, "at"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    door: Mapped[str] = mapped_column(String(60))
    role: Mapped[str] = mapped_column(String(40))
    relation: Mapped[str] = mapped_column(String(16))
    part: Mapped[int] = mapped_column(Integer)
    case_id: Mapped[int | None] = mapped_column(Integer)
    person_id: Mapped[int | None] = mapped_column(Integer)
    block: Mapped[int | None] = mapped_column(Integer)
    members: Mapped[str | None] = mapped_column(String(64))
    record_count: Mapped[int] = mapped_column(Integer)
    filters: Mapped[dict[str, Any] | None] = mapped_column(encrypted_json())
    user_id: Mapped[int | None] = mapped_column(Integer)
    user_name: Mapped[str] = mapped_column(String(100))
    institution_id: Mapped[int | None] = mapped_column(Integer)


internal(
    HistoryEntry,
    reason="read through the records it tells of, see generated/histories",
    follows={"case_id": "case_record", "person_id": "person"},
)
internal(HistorySeal, reason="written by the worker, read by the verification")
internal(ReadEntry, reason="written with each look and export; shown by app.looks alone")
append_only(HistoryEntry, rewritable=("changes", "proof", "reason"))
append_only(HistorySeal)
append_only(ReadEntry, rewritable=("filters",))
