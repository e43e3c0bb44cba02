"""What is kept of the analysis: saved questions, results of long work, what was asked for."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Date, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.crypto.types import Encrypted, encrypted_json
from app.core.db import Record, UtcDateTime, db

NAME_LENGTH = 60


class SavedAnalysis(Record, db.Model):
    """A question with a name. It holds keys and codes, no result: whoever opens it asks it anew."""

    __tablename__ = "saved_analysis"
    __table_args__ = (Index(None, "institution_id"), Index(None, "user_id"))

    # People type freely: a name may come to hold somebody's.
    name: Mapped[str] = mapped_column(Encrypted(String(NAME_LENGTH)), nullable=False)
    sharing: Mapped[str] = mapped_column(String(12), nullable=False, insert_default="own")
    question: Mapped[list[list[str]]] = mapped_column(JSON, nullable=False)
    user_id: Mapped[int] = mapped_column(Integer, nullable=False)
    owner: Mapped[str] = mapped_column(String(120), nullable=False)
    institution_id: Mapped[int | None] = mapped_column(ForeignKey("institution.id"))
    # Where the institution stands: shared with the area below, it is for those who stand there too.
    authority_id: Mapped[int | None] = mapped_column(ForeignKey("institution.id"))
    prefecture_code: Mapped[str | None] = mapped_column(ForeignKey("prefecture.code"))
    saved_at: Mapped[datetime] = mapped_column(
        UtcDateTime, nullable=False, insert_default=clock.now
    )

    def __str__(self) -> str:
        return self.name


class AnalysisResult(db.Model):
    """The figures of a question that was long work, for those who see the same records."""

    __tablename__ = "analysis_result"
    __table_args__ = (UniqueConstraint("fingerprint", "scope"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64), nullable=False)
    scope: Mapped[str] = mapped_column(String(200), nullable=False)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False, index=True)
    # Not yet protected, so it is kept unreadable outside the portal.
    figures: Mapped[list[list[Any]]] = mapped_column(encrypted_json(), nullable=False)


class AnalysisAsked(db.Model):
    """A protected table that somebody was shown: two of them together may tell what each hides."""

    __tablename__ = "analysis_asked"
    __table_args__ = (Index(None, "user_id", "asked_on"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    user_id: Mapped[int] = mapped_column(Integer, nullable=False)
    asked_on: Mapped[date] = mapped_column(Date, nullable=False)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    fingerprint: Mapped[str] = mapped_column(String(64), nullable=False)
    question: Mapped[list[list[str]]] = mapped_column(JSON, nullable=False)
    records: Mapped[int] = mapped_column(Integer, nullable=False)
