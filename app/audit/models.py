"""History of changes and of looks. No role and no screen edits these tables."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import UtcDateTime, db
from app.security.rows import append_only, internal


class HistoryEntry(db.Model):
    """One change of one record, written in the transaction of the change itself.

    ``changes`` maps item names to ``[before, after]``. Values are as personal as the columns
    they came from and are shown under the same law of fields.
    """

    __tablename__ = "history_entry"
    __table_args__ = (
        Index("ix_history_entry_record", "record_type", "record_id"),
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
    changes: Mapped[dict[str, Any]] = mapped_column(JSON)
    reason: Mapped[str | None] = mapped_column(String(400))
    user_id: Mapped[int | None] = mapped_column(Integer)
    user_name: Mapped[str] = mapped_column(String(100))
    role: Mapped[str] = mapped_column(String(40))
    institution_id: Mapped[int | None] = mapped_column(Integer)


class ReadEntry(db.Model):
    """Somebody looked: a page of a case or person, or a file with people in it.

    ``ground`` says by which right (role and door); ``record_count`` is 1 for a page.
    """

    __tablename__ = "read_entry"
    __table_args__ = (
        Index("ix_read_entry_case_id", "case_id"),
        Index("ix_read_entry_person_id", "person_id"),
        Index("ix_read_entry_user_id_at", "user_id", "at"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    door: Mapped[str] = mapped_column(String(60))
    ground: Mapped[str] = mapped_column(String(60))
    case_id: Mapped[int | None] = mapped_column(Integer)
    person_id: Mapped[int | None] = mapped_column(Integer)
    record_count: Mapped[int] = mapped_column(Integer)
    filters: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    user_id: Mapped[int | None] = mapped_column(Integer)
    user_name: Mapped[str] = mapped_column(String(100))
    institution_id: Mapped[int | None] = mapped_column(Integer)


internal(
    HistoryEntry,
    reason="written below the services; no door shows it",
    follows={"case_id": "case_record", "person_id": "person"},
)
internal(ReadEntry, reason="written with each look and export; no door shows it")
append_only(HistoryEntry, rewritable=("changes", "reason"))
append_only(ReadEntry)
