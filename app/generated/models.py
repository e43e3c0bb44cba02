"""What the generated forms themselves remember."""

from datetime import datetime

from sqlalchemy import Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import UtcDateTime, db
from app.security.rows import internal


class FormSubmission(db.Model):
    """A form already saved: a double click or a re-sent page finds its first result here."""

    __tablename__ = "form_submission"

    token: Mapped[str] = mapped_column(String(32), primary_key=True)
    user_id: Mapped[int | None] = mapped_column(Integer)
    result_url: Mapped[str] = mapped_column(String(400))
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class OpenForm(db.Model):
    """Somebody has the form of a record open; renewed while it is in view, soon forgotten."""

    __tablename__ = "open_form"
    __table_args__ = (UniqueConstraint("record_type", "record_id", "user_id"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    record_type: Mapped[str] = mapped_column(String(40))
    record_id: Mapped[int] = mapped_column(Integer)
    user_id: Mapped[int] = mapped_column(Integer)
    institution_id: Mapped[int | None] = mapped_column(Integer)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


internal(OpenForm, reason="asked only for the form a person has open")
internal(FormSubmission, reason="read by its unguessable token only")
