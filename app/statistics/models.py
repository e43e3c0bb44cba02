"""The roll-up: how many, where, of what, on which day; and what each case last gave to it."""

from datetime import date
from typing import Any

from sqlalchemy import JSON, Date, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import db

NOWHERE = 0
"""Authority and centre of a case that has none yet, and of the prefecture's own sums.

A number, not NULL: the key decides which row a change is added to, and NULL equals nothing.
"""


class DailyCount(db.Model):
    """A sum of one measure at one place on one day or in one month.

    ``grain`` says what is summed (:data:`app.statistics.rules.GRAINS`): health centre or whole
    prefecture, day or month (``counted_on`` is then its first day). Every change is added to
    all four, so that a running sum reads months and one month's days, however long ago the
    epidemic began. A reader always names the grain: the grains repeat each other.
    """

    __tablename__ = "daily_count"
    # The key is the only index: the statements name disease, grain, prefectures and measures.
    __table_args__ = ({"sqlite_with_rowid": False},)

    disease_id: Mapped[int] = mapped_column(ForeignKey("disease.id"), primary_key=True)
    grain: Mapped[str] = mapped_column(String(16), primary_key=True)
    prefecture_code: Mapped[str] = mapped_column(ForeignKey("prefecture.code"), primary_key=True)
    measure: Mapped[str] = mapped_column(String(24), primary_key=True)
    counted_on: Mapped[date] = mapped_column(Date, primary_key=True)
    authority_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    centre_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    n: Mapped[int] = mapped_column(Integer, nullable=False)


class ProfileCount(db.Model):
    """How many new cases of one day gave one answer (:mod:`app.statistics.profiles`).

    In the four grains of :class:`DailyCount`. In the key the centre stands before the day: a
    place's days lie together, so that a period of one place is read without its neighbours'.
    """

    __tablename__ = "profile_count"
    __table_args__ = ({"sqlite_with_rowid": False},)

    disease_id: Mapped[int] = mapped_column(ForeignKey("disease.id"), primary_key=True)
    grain: Mapped[str] = mapped_column(String(16), primary_key=True)
    prefecture_code: Mapped[str] = mapped_column(ForeignKey("prefecture.code"), primary_key=True)
    dimension: Mapped[str] = mapped_column(String(24), primary_key=True)
    centre_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    counted_on: Mapped[date] = mapped_column(Date, primary_key=True)
    value: Mapped[str] = mapped_column(String(24), primary_key=True)
    authority_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    n: Mapped[int] = mapped_column(Integer, nullable=False)


class CaseContribution(db.Model):
    """What a case last gave to the roll-up, so that a change takes away exactly that.

    ``given`` is ``{"at": [disease, prefecture, authority, centre], "n": [[measure, day, n]],
    "p": [[dimension, day, value]]}``.
    No foreign key: a deleted case still has to be taken out.
    """

    __tablename__ = "case_contribution"

    case_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    given: Mapped[dict[str, Any]] = mapped_column(JSON, nullable=False)
