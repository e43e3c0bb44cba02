"""緊急閲覧: who opened which foreign case, why, until when, and who took note of it."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.breakglass.rules import REASON
from app.cases.models import Case
from app.core.crypto.types import Encrypted
from app.core.db import Record, UtcDateTime, db
from app.core.items import Enterer, Privacy, item
from app.core.sections import BASIC
from app.institutions.models import Institution


class BreakGlass(Record, db.Model):
    """One opening. The tie that lets the person in is the ``case_access`` row of the same
    person and case; this is the record that stays, addressed to those who answer for the case.
    """

    __tablename__ = "break_glass"
    __table_args__ = (
        Index(None, "responsible_centre_id", "acknowledged_at"),
        Index(None, "authority_id", "acknowledged_at"),
        Index(None, "prefecture_code", "acknowledged_at"),
        Index(None, "user_id", "expires_at"),
        Index(None, "case_id"),
    )

    case_id: Mapped[int] = mapped_column(ForeignKey("case_record.id"), nullable=False)
    user_id: Mapped[int] = mapped_column(Integer)
    user_name: Mapped[str] = mapped_column(String(100))
    role: Mapped[str] = mapped_column(String(40))
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"))
    reason: Mapped[str] = item(
        String(20),
        ja="緊急閲覧の理由",
        en="Reason for break-glass access",
        section=BASIC,
        privacy=Privacy.OPERATIONAL,
        entered_by=(Enterer.HEALTH_CENTRE,),
        codes=REASON,
        nullable=False,
    )
    explanation: Mapped[str] = item(
        String(400),
        ja="緊急閲覧の事情",
        en="Circumstances of break-glass access",
        section=BASIC,
        privacy=Privacy.OPERATIONAL,
        entered_by=(Enterer.HEALTH_CENTRE,),
        nullable=False,
        encrypted=True,
    )
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # To whom it is addressed: those in charge of the case when it was opened.
    responsible_centre_id: Mapped[int | None] = mapped_column(ForeignKey("institution.id"))
    authority_id: Mapped[int | None] = mapped_column(Integer)
    prefecture_code: Mapped[str | None] = mapped_column(String(2))
    acknowledged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    acknowledged_by_user_id: Mapped[int | None] = mapped_column(Integer)
    acknowledged_by: Mapped[str | None] = mapped_column(String(100))
    acknowledgement: Mapped[str | None] = mapped_column(Encrypted(String(400)))

    case: Mapped["Case"] = relationship()
    institution: Mapped["Institution"] = relationship(foreign_keys=[institution_id])
    responsible_centre: Mapped["Institution | None"] = relationship(
        foreign_keys=[responsible_centre_id]
    )

    def __str__(self) -> str:
        return REASON.label(self.reason)
