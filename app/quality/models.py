"""What the rules found, what is still to be looked at, and questions about a record.

A finding names rule and record and holds no value of the record itself; what somebody found
to be correct is kept encrypted, so that another value opens the finding again.
"""

from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.cases.models import Case
from app.contacts.models import Contact
from app.core import clock
from app.core.crypto.types import Encrypted
from app.core.db import Record, UtcDateTime, db
from app.institutions.models import Institution

_ONE_SUBJECT = (
    "(case_id IS NULL AND contact_id IS NOT NULL) OR (case_id IS NOT NULL AND contact_id IS NULL)"
)


class QualityFinding(Record, db.Model):
    """One rule that one case or contact breaks, or broke.

    ``state`` is ``open``, ``checked`` (correct as it is: reason, who, when) or ``gone``. The
    area stands beside the record's own, so that lists and counts need no other table.
    ``batch_id``: found in a case as that import left it; see :mod:`app.quality.imported`.
    """

    __tablename__ = "quality_finding"
    __table_args__ = (
        CheckConstraint(_ONE_SUBJECT, name="one_subject"),
        UniqueConstraint("case_id", "rule"),
        UniqueConstraint("contact_id", "rule"),
        Index(
            "ix_quality_finding_entered",
            "centre_id",
            "severity",
            "since_at",
            "id",
            sqlite_where=text("state = 'open' AND batch_id IS NULL"),
            postgresql_where=text("state = 'open' AND batch_id IS NULL"),
        ),
        Index(
            None,
            "centre_id",
            "batch_id",
            "rule",
            "since_at",
            "id",
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
        Index(
            None,
            "centre_id",
            "checked_at",
            "id",
            sqlite_where=text("state = 'checked'"),
            postgresql_where=text("state = 'checked'"),
        ),
        Index(
            None,
            "prefecture_code",
            "rule",
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
    )

    case_id: Mapped[int | None] = mapped_column(ForeignKey("case_record.id"))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"))
    rule: Mapped[str] = mapped_column(String(40), nullable=False)
    severity: Mapped[int] = mapped_column(SmallInteger, nullable=False)
    record_id: Mapped[int | None] = mapped_column(Integer)
    """The test, stay, observation or notification below the case that is wrong."""
    state: Mapped[str] = mapped_column(String(8), nullable=False, default="open")
    since_at: Mapped[datetime] = mapped_column(
        UtcDateTime, nullable=False, insert_default=clock.now
    )
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    centre_id: Mapped[int | None] = mapped_column(ForeignKey("institution.id"))
    authority_id: Mapped[int | None] = mapped_column(Integer)
    prefecture_code: Mapped[str | None] = mapped_column(String(2))
    disease_id: Mapped[int] = mapped_column(ForeignKey("disease.id"), nullable=False)
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("import_batch.id"))

    checked_how: Mapped[str | None] = mapped_column(String(20))
    note: Mapped[str | None] = mapped_column(Encrypted(Text))
    checked_values: Mapped[str | None] = mapped_column(Encrypted(Text))
    checked_by: Mapped[str | None] = mapped_column(String(80))
    checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    case: Mapped["Case | None"] = relationship()
    contact: Mapped["Contact | None"] = relationship()
    centre: Mapped["Institution | None"] = relationship()

    def __str__(self) -> str:
        return f"#{self.id}"


class QualityDue(db.Model):
    """A record that was saved and is still to be looked at by the rules; one row per save.

    Written in the transaction of the save itself, so no change is lost, and never updated, so
    savers do not wait for each other. No foreign keys: the record may be gone by then.
    """

    __tablename__ = "quality_due"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    case_id: Mapped[int | None] = mapped_column(Integer)
    contact_id: Mapped[int | None] = mapped_column(Integer)
    person_id: Mapped[int | None] = mapped_column(Integer)


class QualityQuestion(db.Model):
    """A question about a case from whoever checks the data to whoever can know."""

    __tablename__ = "quality_question"
    __table_args__ = (
        Index(None, "asked_id", "state"),
        Index(None, "asker_id", "state"),
        Index(None, "case_id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_record.id"), nullable=False)
    case_number: Mapped[str] = mapped_column(String(12), nullable=False)
    """Beside the key: the asked clinic may not meet the case itself any more."""
    rule: Mapped[str | None] = mapped_column(String(40))
    asker_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), nullable=False)
    asked_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), nullable=False)
    state: Mapped[str] = mapped_column(String(10), nullable=False, default="open")
    asked_at: Mapped[datetime] = mapped_column(
        UtcDateTime, nullable=False, insert_default=clock.now
    )
    last_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False, insert_default=clock.now)

    asker: Mapped["Institution"] = relationship(foreign_keys=[asker_id])
    asked: Mapped["Institution"] = relationship(foreign_keys=[asked_id])
    messages: Mapped[list["QualityMessage"]] = relationship(
        back_populates="question", order_by="QualityMessage.id"
    )

    def __str__(self) -> str:
        return f"#{self.id}"


class QualityMessage(db.Model):
    """One message of the thread; never changed. Free text, unreadable in the database."""

    __tablename__ = "quality_message"
    __table_args__ = (Index(None, "question_id"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("quality_question.id"), nullable=False)
    kind: Mapped[str] = mapped_column(String(10), nullable=False)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), nullable=False)
    user_name: Mapped[str] = mapped_column(String(80), nullable=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False, insert_default=clock.now)
    text: Mapped[str] = mapped_column(Encrypted(Text), nullable=False)

    question: Mapped["QualityQuestion"] = relationship(back_populates="messages")
    institution: Mapped["Institution"] = relationship()
