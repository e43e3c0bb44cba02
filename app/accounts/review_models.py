"""What the quarterly review of accounts said about each of them."""

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Account
from app.core.db import UtcDateTime, db
from app.security.rows import internal


class AccountReview(db.Model):
    """One decision about one account in one quarter. Lines are added, never changed: the last
    one of a quarter counts, those before are its history."""

    __tablename__ = "account_review"
    __table_args__ = (
        Index("ix_account_review_institution_id_quarter_on", "institution_id", "quarter_on"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("account.user_id"), index=True)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"))
    quarter_on: Mapped[date] = mapped_column(Date)
    decision: Mapped[str] = mapped_column(String(10))
    # What the reviewer saw: the role then held, and the last login then known.
    role: Mapped[str] = mapped_column(String(40))
    last_login_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reviewer_id: Mapped[int] = mapped_column(ForeignKey("account.user_id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    account: Mapped[Account] = relationship(foreign_keys=[user_id])
    reviewer: Mapped[Account] = relationship(foreign_keys=[reviewer_id])


internal(AccountReview, reason="shown on the review sheet of the own institution")
