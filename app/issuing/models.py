"""A workbook on its way: what was uploaded, what was found, what became of it."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.crypto.types import encrypted_json
from app.core.db import UtcDateTime, db
from app.core.labels import CodeList

ROW_OUTCOMES = CodeList(
    "issuing_outcome",
    ("new", "新規", "New"),
    ("issued", "発行済み", "Issued"),
    ("existing", "登録済み", "Already there"),
    ("rejected", "登録不可", "Rejected"),
    tones={"new": "info", "issued": "success", "existing": "neutral", "rejected": "danger"},
)


class IssuingBatch(db.Model):
    """Rows of a workbook with the outcome of each; nothing is issued before ``applied_at``.

    Kept for its maker for some days: the rows hold names and addresses of staff.
    """

    __tablename__ = "issuing_batch"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("account.user_id"), index=True)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"))
    source: Mapped[str] = mapped_column(String(200))
    rows: Mapped[list[dict[str, Any]]] = mapped_column(encrypted_json())
    outcomes: Mapped[list[dict[str, Any]]] = mapped_column(encrypted_json())
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    applied_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    job_id: Mapped[int | None] = mapped_column(Integer)

    def __str__(self) -> str:
        return self.source
