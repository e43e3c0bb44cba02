"""Saved bed plans: assumptions with a name, never their result."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.crypto.types import Encrypted, encrypted_json
from app.core.db import Record, UtcDateTime, db

NAME_LENGTH = 60
NOTE_LENGTH = 400
SOURCE_LENGTH = 120


class BedPlan(Record, db.Model):
    """A scenario for the beds of an area. Opened again, it starts from that day's figures."""

    __tablename__ = "bed_plan"
    __table_args__ = (UniqueConstraint("user_id", "name"), Index(None, "prefecture_code"))

    name: Mapped[str] = mapped_column(String(NAME_LENGTH), nullable=False)
    note: Mapped[str | None] = mapped_column(Encrypted(String(NOTE_LENGTH)))
    # [[parameter, number as typed]]: area, date counted by and assumptions.
    assumptions: Mapped[list[list[str]]] = mapped_column(JSON, nullable=False)
    # {parameter: where its number comes from, in the office's own words}.
    sources: Mapped[dict[str, str] | None] = mapped_column(encrypted_json())
    user_id: Mapped[int] = mapped_column(Integer, nullable=False)
    owner: Mapped[str] = mapped_column(String(120), nullable=False)
    # The area the plan is for; without a key it is for the whole country.
    prefecture_code: Mapped[str | None] = mapped_column(ForeignKey("prefecture.code"))
    authority_id: Mapped[int | None] = mapped_column(ForeignKey("institution.id"))
    centre_id: Mapped[int | None] = mapped_column(ForeignKey("institution.id"))
    saved_at: Mapped[datetime] = mapped_column(
        UtcDateTime, nullable=False, insert_default=clock.now
    )

    def __str__(self) -> str:
        return self.name
