"""One line of the health observation sheet: a person, a day, a part of the day."""

from datetime import date, datetime
from decimal import Decimal
from functools import partial

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    Integer,
    Numeric,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.cases.models import Case
from app.contacts.models import Contact
from app.core import clock
from app.core.db import CodeSet, Record, UtcDateTime, db
from app.core.items import Enterer, Privacy, Stage, item
from app.core.labels import YES_NO_UNKNOWN, Label
from app.core.sections import CARE
from app.followup.codes import (
    CONFIRMED_BY,
    EMERGENCY_SYMPTOM,
    ENTERED_BY_KIND,
    OBSERVED_SYMPTOM,
    PART_OF_DAY,
    REPORT_SOURCE,
)

_by_both = partial(item, section=CARE, entered_by=(Enterer.HEALTH_CENTRE, Enterer.PATIENT))
_observed = partial(_by_both, privacy=Privacy.OBSERVATION)
_words = partial(_by_both, Text, privacy=Privacy.IDENTIFYING)
_work = partial(_by_both, privacy=Privacy.OPERATIONAL)


class HealthObservation(Record, db.Model):
    """What was observed or reported of one case or one contact (R71, R72, R91)."""

    __tablename__ = "health_observation"
    __table_args__ = (
        CheckConstraint(
            "(case_id IS NULL AND contact_id IS NOT NULL)"
            " OR (case_id IS NOT NULL AND contact_id IS NULL)",
            name="one_subject",
        ),
        UniqueConstraint("case_id", "observed_on", "part_of_day"),
        UniqueConstraint("contact_id", "observed_on", "part_of_day"),
    )

    case_id: Mapped[int | None] = mapped_column(ForeignKey("case_record.id"))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"))
    observed_on: Mapped[date] = _observed(
        Date,
        ja="健康観察を行った日付",
        en="Observed on",
        required=Stage.FOLLOW_UP,
        nullable=False,
        aliases=("月日", "観察日"),
        source="別紙3 R71; 入力項目 R91; 添付3-3",
    )
    part_of_day: Mapped[str] = _observed(
        String(8),
        ja="朝・夕の別",
        en="Part of the day",
        codes=PART_OF_DAY,
        nullable=False,
        default="once",
        source="入力項目 R91; 添付3-3",
    )
    temperature: Mapped[Decimal | None] = _observed(
        Numeric(3, 1),
        ja="最高体温",
        en="Highest temperature",
        unit=Label("℃", "°C"),
        required=Stage.FOLLOW_UP,
        minimum=30,
        maximum=45,
        aliases=("体温",),
        source="別紙3 R71; 入力項目 R91; 添付3-3",
    )
    spo2: Mapped[int | None] = _observed(
        Integer,
        ja="酸素飽和度",
        en="Oxygen saturation",
        unit=Label("％", "%"),
        minimum=50,
        maximum=100,
        aliases=("SpO2",),
        source="別紙3 R71",
    )
    symptoms: Mapped[tuple[str, ...] | None] = _observed(
        CodeSet,
        ja="症状",
        en="Symptoms",
        codes=OBSERVED_SYMPTOM,
        required=Stage.FOLLOW_UP,
        source="別紙3 R71; 入力項目 R91; 添付3-3",
    )
    symptoms_other: Mapped[str | None] = _words(
        ja="その他の症状", en="Other symptoms", source="別紙3 R71; 添付3-3"
    )
    emergency_symptoms: Mapped[tuple[str, ...] | None] = _observed(
        CodeSet,
        ja="緊急性の高い症状",
        en="Emergency symptoms",
        codes=EMERGENCY_SYMPTOM,
        source="事務連絡 令和2年4月27日",
    )
    medication: Mapped[str | None] = _words(
        ja="服薬（解熱剤等）", en="Medication (fever reducers etc.)"
    )
    visited: Mapped[str | None] = _observed(
        String(8),
        ja="療養中の医療機関受診の有無",
        en="Visited a medical institution",
        codes=YES_NO_UNKNOWN,
        required=Stage.FOLLOW_UP,
        hint=Label("訪問診療・往診等を含む。COVID-19関連に限る", "Home visits included"),
        source="別紙3 R72",
    )
    visited_on: Mapped[date | None] = _observed(
        Date,
        ja="受診した日付",
        en="Visited on",
        required=Stage.FOLLOW_UP,
        source="別紙3 R72",
    )
    visited_institution: Mapped[str | None] = _observed(
        String(100),
        ja="受診した医療機関名",
        en="Institution visited",
        required=Stage.FOLLOW_UP,
        source="別紙3 R72",
    )
    confirmed_by: Mapped[str | None] = _work(
        String(16),
        ja="確認手段",
        en="Confirmed by",
        codes=CONFIRMED_BY,
        aliases=("確認手段（電話・面接等）",),
        source="添付3-3",
    )
    entered_by_kind: Mapped[str | None] = _work(
        String(16),
        ja="入力者",
        en="Entered by",
        codes=ENTERED_BY_KIND,
        editable=False,
        source="健康観察 R17",
    )
    source: Mapped[str | None] = _work(
        String(12),
        ja="報告の経路",
        en="Reported by way of",
        codes=REPORT_SOURCE,
        editable=False,
        source="健康観察 R16・R100・R101",
    )
    remarks: Mapped[str | None] = _words(ja="備考", en="Remarks", source="添付3-3")
    created_at: Mapped[datetime] = mapped_column(
        UtcDateTime, nullable=False, insert_default=clock.now
    )

    case: Mapped["Case | None"] = relationship()
    contact: Mapped["Contact | None"] = relationship()

    def __str__(self) -> str:
        return f"{self.observed_on} {PART_OF_DAY.label(self.part_of_day)}"
