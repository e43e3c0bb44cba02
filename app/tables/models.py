"""Tables that were sent in, and the mappings that are kept for their senders."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from app.audit.history import historied
from app.core import clock
from app.core.crypto.types import Encrypted, encrypted_json
from app.core.db import Record, UtcDateTime, db

FINGERPRINT_LENGTH = 64


class TableFile(db.Model):
    """A table as its sender made it, on its way to becoming records.

    The file itself lies sealed outside of the database under ``token``; its content, name and
    sample are kept for some weeks, that it was sent stays.
    """

    __tablename__ = "table_file"
    __table_args__ = (Index(None, "institution_id", "uploaded_at"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), nullable=False)
    user_id: Mapped[int | None] = mapped_column(Integer)
    user_name: Mapped[str] = mapped_column(String(128), nullable=False)
    uploaded_at: Mapped[datetime] = mapped_column(
        UtcDateTime, nullable=False, insert_default=clock.now
    )
    token: Mapped[str] = mapped_column(String(32), nullable=False, unique=True)
    source: Mapped[str] = mapped_column(Encrypted(String(200)), nullable=False)
    """What its sender called it; may be a patient's name."""
    destination: Mapped[str] = mapped_column(String(40), nullable=False)
    layout: Mapped[dict[str, Any] | None] = mapped_column(encrypted_json())
    """Sheets, headings, a sample of rows, the words of its columns; see app.tables.layout."""
    mapping: Mapped[dict[str, Any] | None] = mapped_column(encrypted_json())
    saved_mapping_id: Mapped[int | None] = mapped_column(
        ForeignKey("saved_mapping.id", ondelete="SET NULL")
    )
    """The saved mapping it was recognised by, or saved as."""
    started_url: Mapped[str | None] = mapped_column(String(200))
    """Where it went on; from then on its mapping stays as it is."""
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    def __str__(self) -> str:
        return f"#{self.id}"


class SavedMapping(Record, db.Model):
    """The columns of one sender's files, under a name; applied when the same headings come."""

    __tablename__ = "saved_mapping"
    __table_args__ = (Index(None, "institution_id", "destination", "fingerprint"),)

    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), nullable=False)
    name: Mapped[str] = mapped_column(String(80), nullable=False)
    destination: Mapped[str] = mapped_column(String(40), nullable=False)
    fingerprint: Mapped[str] = mapped_column(String(FINGERPRINT_LENGTH), nullable=False)
    """Of the headings, whatever their order and width."""
    mapping: Mapped[dict[str, Any]] = mapped_column(encrypted_json(), nullable=False)
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    saved_by: Mapped[str] = mapped_column(String(128), nullable=False)

    def __str__(self) -> str:
        return self.name


historied(SavedMapping, as_="table")
