"""Workbooks of notifications, and which of their rows became which notification."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.crypto.types import Encrypted, encrypted_json
from app.core.db import UtcDateTime, db
from app.core.labels import CodeList
from app.institutions.diseases import Disease
from app.notifications.models import Notification

ROW_OUTCOMES = CodeList(
    "sheet_outcome",
    ("ready", "提出できます", "Can be submitted"),
    ("question", "確認が必要", "To be confirmed"),
    ("refused", "誤りあり", "Refused"),
    ("submitted", "提出済み", "Submitted"),
    ("existing", "提出済み（前回まで）", "Submitted before"),
    ("changed", "提出済み（内容変更あり）", "Submitted before, changed since"),
    tones={
        "ready": "info",
        "question": "warning",
        "refused": "danger",
        "submitted": "success",
        "existing": "neutral",
        "changed": "warning",
    },
)


class NotificationBook(db.Model):
    """A workbook of one disease that was sent in, with the outcome of every row.

    Rows and outcomes hold everything of a notification and are kept for some days only; that
    the workbook was sent, by whom and with which counts, stays.
    """

    __tablename__ = "notification_book"
    __table_args__ = (Index(None, "institution_id", "uploaded_at"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), nullable=False)
    disease_id: Mapped[int] = mapped_column(ForeignKey("disease.id"), nullable=False)
    user_id: Mapped[int | None] = mapped_column(Integer)
    user_name: Mapped[str] = mapped_column(String(128))
    source: Mapped[str] = mapped_column(Encrypted(String(200)))
    """The name of the file, which may be a patient's."""
    copy: Mapped[str] = mapped_column(String(20))
    uploaded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    applied_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    job_id: Mapped[int | None] = mapped_column(Integer)
    row_count: Mapped[int] = mapped_column(Integer)
    counts: Mapped[dict[str, int] | None] = mapped_column(JSON(none_as_null=True))
    """Rows by outcome; None until the rows are checked."""
    rows: Mapped[list[dict[str, Any]] | None] = mapped_column(encrypted_json())
    outcomes: Mapped[list[dict[str, Any]] | None] = mapped_column(encrypted_json())

    disease: Mapped["Disease"] = relationship()

    def __str__(self) -> str:
        return f"#{self.id}"


class SubmittedRow(db.Model):
    """A row of a workbook that became a notification: what makes sending it twice harmless.

    A row cleared and filled in for somebody else is another ``turn`` of the same key.
    """

    __tablename__ = "submitted_row"
    __table_args__ = (UniqueConstraint("institution_id", "row_key", "turn"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), nullable=False)
    row_key: Mapped[str] = mapped_column(String(40), nullable=False)
    turn: Mapped[int] = mapped_column(Integer, nullable=False)
    notification_id: Mapped[int] = mapped_column(ForeignKey("notification.id"), nullable=False)
    book_id: Mapped[int] = mapped_column(ForeignKey("notification_book.id"), nullable=False)

    notification: Mapped["Notification"] = relationship()

    def __str__(self) -> str:
        return self.row_key
