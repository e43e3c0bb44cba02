"""The automatic call for one report: one person, one day, one part of the day."""

from datetime import date, datetime
from functools import partial
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import clock
from app.core.crypto.types import encrypted_json
from app.core.db import Record, UtcDateTime, db
from app.core.items import Enterer, Privacy, item
from app.core.sections import CARE
from app.followup.plans import ObservationPlan
from app.voice.codes import STEP, VOICE_PROBLEM, VOICE_STATE

_kept = partial(
    item,
    section=CARE,
    privacy=Privacy.OPERATIONAL,
    entered_by=(Enterer.SYSTEM,),
    editable=False,
    source="健康観察 R101",
)


class VoiceCall(Record, db.Model):
    """One report asked for by telephone, with all its tries: nobody is called twice for one.

    ``token`` is all that a provider's address says about it; each try has its own. ``answers``
    are what was keyed so far, by step; they become the report when the call ends, however it
    ends.
    """

    __tablename__ = "voice_call"
    __table_args__ = (
        CheckConstraint(
            "(case_id IS NULL AND contact_id IS NOT NULL)"
            " OR (case_id IS NOT NULL AND contact_id IS NULL)",
            name="one_subject",
        ),
        UniqueConstraint("plan_id", "slot_on", "slot_part"),
        Index(None, "state", "next_at"),
        Index(None, "institution_id", "state"),
        Index(None, "case_id"),
        Index(None, "contact_id"),
    )

    plan_id: Mapped[int] = mapped_column(ForeignKey("observation_plan.id"))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case_record.id"))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"))
    institution_id: Mapped[int | None] = mapped_column(ForeignKey("institution.id"))
    """The health centre whose telephone number is told."""
    slot_on: Mapped[date] = mapped_column(Date)
    slot_part: Mapped[str] = mapped_column(String(8))
    state: Mapped[str] = _kept(
        String(20),
        ja="自動架電の状態",
        en="State of the automatic call",
        codes=VOICE_STATE,
        nullable=False,
        default="waiting",
    )
    problem: Mapped[str | None] = _kept(
        String(20), ja="自動架電の結果", en="What came of the try", codes=VOICE_PROBLEM
    )
    step: Mapped[str] = _kept(
        String(12),
        ja="自動架電の設問",
        en="Question of the automatic call",
        codes=STEP,
        nullable=False,
        default="birth",
    )
    number: Mapped[str | None] = item(
        String(20),
        ja="自動架電の発信先",
        en="Number called",
        section=CARE,
        privacy=Privacy.TELEPHONE,
        entered_by=(Enterer.SYSTEM,),
        editable=False,
    )
    language: Mapped[str] = mapped_column(String(8), default="ja")
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0)
    turn: Mapped[int] = mapped_column(Integer, default=0)
    """Counts what was asked: a webhook delivered twice is heard once."""
    wrong_dates: Mapped[int] = mapped_column(SmallInteger, default=0)
    """Over all tries of this call."""
    misheard: Mapped[int] = mapped_column(SmallInteger, default=0)
    answers: Mapped[dict[str, Any]] = mapped_column(encrypted_json(), default=dict)
    token: Mapped[str | None] = mapped_column(String(64), unique=True)
    provider_key: Mapped[str | None] = mapped_column(String(64))
    next_at: Mapped[datetime] = mapped_column(UtcDateTime)
    until_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """No try begins at or after this instant."""
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reported_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(
        UtcDateTime, nullable=False, insert_default=clock.now
    )

    plan: Mapped["ObservationPlan"] = relationship()

    def __str__(self) -> str:
        return VOICE_STATE.label(self.state)
