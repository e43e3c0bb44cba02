"""Files of results that a laboratory sent, with what became of every row."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.crypto.types import Encrypted, encrypted_json
from app.core.db import UtcDateTime, db
from app.core.labels import CodeList

RESULT_OUTCOMES = CodeList(
    "result_outcome",
    ("saved", "登録しました", "Saved"),
    ("unchanged", "登録済み", "Entered already"),
    ("refused", "誤りあり", "Refused"),
    tones={"saved": "success", "unchanged": "neutral", "refused": "danger"},
)


class ResultFile(db.Model):
    """A file of results. What was in it is kept for some days, that it was sent stays."""

    __tablename__ = "result_file"
    __table_args__ = (Index(None, "institution_id", "uploaded_at"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), nullable=False)
    user_id: Mapped[int | None] = mapped_column(Integer)
    user_name: Mapped[str] = mapped_column(String(128))
    source: Mapped[str] = mapped_column(Encrypted(String(200)))
    uploaded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    counts: Mapped[dict[str, int]] = mapped_column(JSON)
    rows: Mapped[list[dict[str, Any]] | None] = mapped_column(encrypted_json())
    """As typed, each with its outcome and, by column, its problems."""

    def __str__(self) -> str:
        return f"#{self.id}"
