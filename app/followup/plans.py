"""The plan of an observation: from when to when, how often, by whom, and who watches."""

from datetime import date, datetime
from functools import partial
from typing import Any

from sqlalchemy import (
    Boolean,
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

from app.cases.models import Case
from app.contacts.models import Contact
from app.core import clock
from app.core.db import Record, UtcDateTime, db
from app.core.items import Enterer, Privacy, item
from app.core.labels import Label
from app.core.sections import CARE
from app.followup.codes import CALL_RESULT, CALL_WANTED, PLAN_STATUS, REPORTER
from app.institutions.diseases import Disease
from app.institutions.models import Institution

_planned = partial(
    item, section=CARE, privacy=Privacy.OPERATIONAL, entered_by=(Enterer.HEALTH_CENTRE,)
)
_kept = partial(_planned, entered_by=(Enterer.SYSTEM,), editable=False)


_called = partial(
    _planned,
    Integer,
    unit=Label("時", "o'clock"),
    hint=Label(
        "電話での報告を希望する人に、この時刻に自動で電話をかける。空欄なら、かけない",
        "For people who report by telephone; empty: no automatic call",
    ),
    source="健康観察 R101",
)


class ObservationPlan(Record, db.Model):
    """The observation of one case or one contact (R71, R104–R106); there is one each.

    It is made when the person comes under observation and follows their dates by itself
    (``upkeep.py``). The columns after ``status`` say what the board sorts by: they follow from
    the reports and calls, which have their own history, and are written beside the versions.
    """

    __tablename__ = "observation_plan"
    __table_args__ = (
        CheckConstraint(
            "(case_id IS NULL AND contact_id IS NOT NULL)"
            " OR (case_id IS NOT NULL AND contact_id IS NULL)",
            name="one_subject",
        ),
        UniqueConstraint("case_id"),
        UniqueConstraint("contact_id"),
        Index(None, "centre_id", "status", "risk"),
        Index(None, "institution_id", "status", "risk"),
        Index(None, "nurse_id", "status"),
        Index(None, "disease_id", "status"),
        Index(None, "status", "ends_on"),
    )

    case_id: Mapped[int | None] = mapped_column(ForeignKey("case_record.id"))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"))
    disease_id: Mapped[int] = mapped_column(ForeignKey("disease.id"), nullable=False)
    centre_id: Mapped[int | None] = mapped_column(ForeignKey("institution.id"))
    """The health centre that answers for the person, whoever observes."""
    starts_on: Mapped[date] = _kept(
        Date, ja="健康観察開始日", en="Observed from", nullable=False, source="添付3-3"
    )
    ends_on: Mapped[date] = _planned(
        Date, ja="健康観察終了予定日", en="Observed until", nullable=False, source="添付3-3"
    )
    end_fixed: Mapped[bool] = _kept(
        Boolean, ja="終了予定日を手入力", en="End set by hand", nullable=False, default=False
    )
    times_per_day: Mapped[int] = _planned(
        Integer,
        ja="1日の健康観察回数",
        en="Observations a day",
        unit=Label("回", "times"),
        minimum=1,
        maximum=2,
        nullable=False,
        default=2,
        source="添付3-3（朝・夕）",
    )
    reporter: Mapped[str] = _planned(
        String(16),
        ja="報告する人",
        en="Reported by",
        codes=REPORTER,
        nullable=False,
        default="patient",
        source="健康観察 R16–R18",
    )
    voice_morning_hour: Mapped[int | None] = _called(
        ja="自動架電の時刻（朝）", en="Automatic call in the morning", minimum=7, maximum=11
    )
    voice_evening_hour: Mapped[int | None] = _called(
        ja="自動架電の時刻（午後・夕）",
        en="Automatic call in the afternoon or evening",
        minimum=12,
        maximum=20,
    )
    institution_id: Mapped[int | None] = _kept(
        Integer,
        ja="健康観察を行う機関",
        en="Observing institution",
        reference="Institution",
        foreign_key="institution.id",
        source="健康観察 R18・R105",
    )
    status: Mapped[str] = _kept(
        String(12),
        ja="健康観察の状態",
        en="State of the observation",
        codes=PLAN_STATUS,
        nullable=False,
        default="active",
    )
    nurse_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    """Whom the observing institution gave the person to."""
    begun_at: Mapped[datetime] = mapped_column(
        UtcDateTime, nullable=False, insert_default=clock.now
    )
    """From then on silence counts for somebody who has not reported yet."""
    risk: Mapped[int] = mapped_column(SmallInteger, nullable=False, default=0)
    """The level of the standing values (``rules.Level``), without the clock's share."""
    latest_reading_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    latest_entry_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_call_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_call_result: Mapped[str | None] = _kept(
        String(12), ja="直近の連絡結果", en="Result of the latest call", codes=CALL_RESULT
    )
    call_again_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    call_wanted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Since then somebody waits for a person to call; the call ends it."""
    call_wanted: Mapped[str | None] = _kept(
        String(20), ja="電話が必要な理由", en="Why a call is wanted", codes=CALL_WANTED
    )
    claimed_by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    claimed_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Somebody has the call sheet open until then."""
    created_at: Mapped[datetime] = mapped_column(
        UtcDateTime, nullable=False, insert_default=clock.now
    )

    case: Mapped["Case | None"] = relationship()
    contact: Mapped["Contact | None"] = relationship()
    disease: Mapped["Disease"] = relationship()
    institution: Mapped["Institution | None"] = relationship(
        foreign_keys="ObservationPlan.institution_id"
    )
    centre: Mapped["Institution | None"] = relationship(foreign_keys="ObservationPlan.centre_id")

    @property
    def subject(self) -> Any:
        """The case or the contact."""
        return self.case if self.case_id is not None else self.contact

    def __str__(self) -> str:
        return f"{self.starts_on} – {self.ends_on}"
