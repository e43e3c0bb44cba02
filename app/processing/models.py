"""The processing number, as a keyed hash; tied to a case only while it can be used."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import UtcDateTime, db


class ProcessingNumber(db.Model):
    """One number. The number itself stands in the message alone, and there until it is sent.

    ``case_id`` and ``expires_at`` are emptied when it is used or its time is over: what stays
    says that some number was issued, and no longer for whom or when.
    """

    __tablename__ = "processing_number"
    __table_args__ = (Index(None, "case_id"), Index(None, "expires_at"))

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    number_hash: Mapped[str] = mapped_column(String(64), unique=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case_record.id"))
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(8), default="issued")
    """``issued``, ``used`` or ``expired``."""
