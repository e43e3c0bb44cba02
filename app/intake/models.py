"""A paper that arrived: its pages, who types it, what it became."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import clock
from app.core.crypto.types import Encrypted, encrypted_json
from app.core.db import Record, UtcDateTime, db
from app.core.labels import CodeList
from app.institutions.models import Institution
from app.notifications.models import Notification

SCAN_STATE = CodeList(
    "scan_state",
    ("received", "入力待ち", "Waiting to be typed"),
    ("typing", "入力中", "Being typed"),
    ("typed", "入力済み", "Typed"),
    ("checked", "二重入力確認済み", "Checked by a second person"),
    ("discarded", "破棄", "Discarded"),
    tones={"received": "warning", "typing": "info", "typed": "success", "checked": "success"},
)
OPEN_STATES = ("received", "typing")


class PaperScan(Record, db.Model):
    """One notification on paper, as its receiving health centre scanned it (R47)."""

    __tablename__ = "paper_scan"
    __table_args__ = (Index(None, "centre_id", "state"), Index(None, "notification_id"))

    centre_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), nullable=False)
    clinic_id: Mapped[int | None] = mapped_column(ForeignKey("institution.id"))
    state: Mapped[str] = mapped_column(String(12), nullable=False, default="received")
    token: Mapped[str] = mapped_column(String(32), nullable=False, unique=True)
    """Where the pages lie."""
    page_count: Mapped[int] = mapped_column(Integer, nullable=False)
    code: Mapped[str | None] = mapped_column(String(19))
    """The code printed on the form, when there was one."""
    received_at: Mapped[datetime] = mapped_column(
        UtcDateTime, nullable=False, insert_default=clock.now
    )
    received_by: Mapped[str] = mapped_column(String(100), nullable=False)
    claimed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    claimed_by: Mapped[str | None] = mapped_column(String(100))
    claimed_by_user_id: Mapped[int | None] = mapped_column(Integer)
    # A draft may be thrown away while the paper stays.
    notification_id: Mapped[int | None] = mapped_column(
        ForeignKey("notification.id", ondelete="SET NULL")
    )
    typed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    typed_by: Mapped[str | None] = mapped_column(String(100))
    typed_by_user_id: Mapped[int | None] = mapped_column(Integer)
    checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    checked_by: Mapped[str | None] = mapped_column(String(100))
    decisions: Mapped[dict[str, Any] | None] = mapped_column(encrypted_json())
    """Item name → ``first`` or ``second``: which typing was right where the two differed."""
    discarded_reason: Mapped[str | None] = mapped_column(Encrypted(String(400)))
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Typed or discarded: from here the pages are kept for some days."""
    pages_removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    centre: Mapped["Institution"] = relationship(foreign_keys="PaperScan.centre_id")
    clinic: Mapped["Institution | None"] = relationship(foreign_keys="PaperScan.clinic_id")
    notification: Mapped["Notification | None"] = relationship(passive_deletes=True)

    def __str__(self) -> str:
        return f"FAX {self.id}"

    @property
    def state_label(self) -> str:
        """Where it stands, in the reader's language."""
        return SCAN_STATE.label(self.state)

    @property
    def state_tone(self) -> str:
        """The colour of its state."""
        return SCAN_STATE.tones.get(self.state, "neutral")
