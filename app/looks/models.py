"""A day of looks of one person in numbers, and the looks somebody has to ask about."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.crypto.types import Encrypted, encrypted_json
from app.core.db import UtcDateTime, db
from app.security.rows import internal


class LookDay(db.Model):
    """One person's day: how many people were opened, how many of them outside own open cases,
    how many searches by name, how many looks at night. What is usual is told from these."""

    __tablename__ = "look_day"
    __table_args__ = (UniqueConstraint("user_id", "on"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    user_id: Mapped[int] = mapped_column(Integer)
    on: Mapped[date] = mapped_column(Date, index=True)
    opened: Mapped[int] = mapped_column(Integer)
    outside: Mapped[int] = mapped_column(Integer)
    searches: Mapped[int] = mapped_column(Integer)
    night: Mapped[int] = mapped_column(Integer)


class UnusualLook(db.Model):
    """確認が必要な閲覧: a rule that a day of one person met, until somebody asked and noted it."""

    __tablename__ = "unusual_look"
    __table_args__ = (
        UniqueConstraint("user_id", "on", "rule"),
        Index(None, "institution_id", "acknowledged_at"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    on: Mapped[date] = mapped_column(Date)
    rule: Mapped[str] = mapped_column(String(20))
    facts: Mapped[dict[str, Any]] = mapped_column(encrypted_json())
    user_id: Mapped[int] = mapped_column(Integer)
    user_name: Mapped[str] = mapped_column(String(100))
    institution_id: Mapped[int | None] = mapped_column(Integer)
    found_at: Mapped[datetime] = mapped_column(UtcDateTime)
    acknowledged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    acknowledged_by_user_id: Mapped[int | None] = mapped_column(Integer)
    acknowledged_by: Mapped[str | None] = mapped_column(String(100))
    note: Mapped[str | None] = mapped_column(Encrypted(String(400)))


internal(LookDay, reason="counted by the daily chore; read by it alone")
internal(UnusualLook, reason="found by the daily chore; app.looks shows it to those in charge")
