"""What the generated forms themselves remember."""

from datetime import datetime

from sqlalchemy import Integer, String
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


internal(FormSubmission, reason="read by its unguessable token only")
