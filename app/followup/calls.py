"""Calls to people under observation, and what one shift leaves to the next."""

from datetime import datetime
from functools import partial

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.cases.models import Case
from app.contacts.models import Contact
from app.core import clock
from app.core.crypto.types import Encrypted
from app.core.db import Record, UtcDateTime, db
from app.core.items import Enterer, Privacy, item
from app.core.sections import CARE
from app.followup.codes import CALL_RESULT

_called = partial(
    item, section=CARE, entered_by=(Enterer.HEALTH_CENTRE,), source="健康観察 R103・R104"
)


class FollowUpCall(Record, db.Model):
    """One call to a person under observation, reached or not."""

    __tablename__ = "follow_up_call"
    __table_args__ = (
        CheckConstraint(
            "(case_id IS NULL AND contact_id IS NOT NULL)"
            " OR (case_id IS NOT NULL AND contact_id IS NULL)",
            name="one_subject",
        ),
        Index(None, "case_id", "called_at"),
        Index(None, "contact_id", "called_at"),
    )

    case_id: Mapped[int | None] = mapped_column(ForeignKey("case_record.id"))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"))
    called_at: Mapped[datetime] = _called(
        UtcDateTime,
        ja="連絡日時",
        en="Called at",
        privacy=Privacy.OPERATIONAL,
        nullable=False,
        insert_default=clock.now,
    )
    result: Mapped[str] = _called(
        String(12),
        ja="連絡結果",
        en="Result of the call",
        privacy=Privacy.OBSERVATION,
        codes=CALL_RESULT,
        nullable=False,
    )
    again_at: Mapped[datetime | None] = _called(
        UtcDateTime, ja="次回連絡日時", en="Call again at", privacy=Privacy.OPERATIONAL
    )
    remarks: Mapped[str | None] = _called(
        Text, ja="連絡内容", en="What was said", privacy=Privacy.IDENTIFYING
    )
    user_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    user_name: Mapped[str] = mapped_column(String(100), nullable=False, default="")
    institution_id: Mapped[int | None] = mapped_column(ForeignKey("institution.id"))

    case: Mapped["Case | None"] = relationship()
    contact: Mapped["Contact | None"] = relationship()

    def __str__(self) -> str:
        return CALL_RESULT.label(self.result)


class ShiftHandover(Record, db.Model):
    """What one nurse, or the whole shift, leaves to the next: people and words."""

    __tablename__ = "shift_handover"
    __table_args__ = (Index(None, "institution_id", "written_at"),)

    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), nullable=False)
    written_at: Mapped[datetime] = mapped_column(
        UtcDateTime, nullable=False, insert_default=clock.now
    )
    from_user_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    from_name: Mapped[str] = mapped_column(String(100), nullable=False, default="")
    to_user_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    """None: to whoever comes; the people are without a nurse until they are given out."""
    to_name: Mapped[str] = mapped_column(String(100), nullable=False, default="")
    people: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    note: Mapped[str | None] = mapped_column(Encrypted(Text))

    def __str__(self) -> str:
        return f"{self.from_name} → {self.to_name}"
