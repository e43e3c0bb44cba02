"""A need for a place of care, the places asked for it, and meeting rooms.

A request holds what a place must know to answer and nothing that identifies: number, age, sex,
municipality, severity. Whose need it is stands on the case alone.
"""

from datetime import date, datetime
from functools import partial

from sqlalchemy import Boolean, Date, ForeignKey, Index, Integer, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.cases.codes import SEVERITY, SEX, UNDERLYING_CONDITION
from app.cases.models import Case
from app.coordination.codes import (
    COORDINATION,
    LIVE_OFFERS,
    OFFER_STATE,
    PLACE_WANTED,
    REQUEST_STATE,
    TRANSPORT,
)
from app.coordination.place_models import NO_NAMES, BedReport, HotelRoom, PlaceTurn
from app.core.crypto.types import Encrypted
from app.core.db import CodeSet, Record, UtcDateTime, db
from app.core.items import Enterer, Privacy, Section, item
from app.core.labels import YES_NO_UNKNOWN, Label
from app.institutions.models import Institution, Municipality

__all__ = [
    "BedReport",
    "HotelRoom",
    "MeetingRoom",
    "PlaceTurn",
    "PlacementOffer",
    "PlacementRequest",
]

PLACE = Section("coordination", 35, COORDINATION)

_entered = partial(item, section=PLACE, entered_by=(Enterer.HEALTH_CENTRE,))
_clinical = partial(_entered, privacy=Privacy.CLINICAL)
_work = partial(_entered, privacy=Privacy.OPERATIONAL)
_step = partial(_work, editable=False)
_words = partial(_work, encrypted=True)
_alive = text("state IN ('offered', 'accepted')")


class PlacementRequest(Record, db.Model):
    """One patient's need for a place, from the request to the arrival (R60, R110, R111)."""

    __tablename__ = "placement_request"
    __table_args__ = (Index(None, "state", "urgency"), Index(None, "case_id"))

    case_id: Mapped[int] = mapped_column(ForeignKey("case_record.id"), nullable=False)
    centre_id: Mapped[int] = _step(
        Integer,
        ja="依頼元",
        en="Requested by",
        reference="Institution",
        foreign_key="institution.id",
        nullable=False,
    )
    state: Mapped[str] = _step(
        String(12),
        ja="調整状況",
        en="State",
        codes=REQUEST_STATE,
        nullable=False,
        default="waiting",
    )
    wanted: Mapped[str] = _work(
        String(16), ja="希望する療養先", en="Place needed", codes=PLACE_WANTED, nullable=False
    )
    waiting_since_on: Mapped[date] = _work(
        Date, ja="待機開始日", en="Waiting since", nullable=False, source="別紙3 R60"
    )
    age_years: Mapped[int | None] = _step(
        Integer, ja="年齢", en="Age", privacy=Privacy.PROFILE, unit=Label("歳", "years")
    )
    sex: Mapped[str | None] = _step(
        String(8), ja="性別", en="Sex", privacy=Privacy.PROFILE, codes=SEX
    )
    municipality_code: Mapped[str | None] = _step(
        String(5),
        ja="居住地（市区町村）",
        en="Municipality",
        privacy=Privacy.EPIDEMIOLOGICAL,
        reference="Municipality",
        foreign_key="municipality.code",
    )
    severity: Mapped[str | None] = _clinical(
        String(16), ja="重症度", en="Severity", codes=SEVERITY, source="R111"
    )
    oxygen: Mapped[str | None] = _clinical(
        String(8), ja="酸素投与の要否", en="Oxygen needed", codes=YES_NO_UNKNOWN
    )
    spo2: Mapped[int | None] = _clinical(
        Integer, ja="SpO2", en="SpO2", unit=Label("％", "%"), minimum=30, maximum=100
    )
    conditions: Mapped[tuple[str, ...] | None] = _clinical(
        CodeSet,
        ja="重症化リスク（基礎疾患等）",
        en="Risk factors",
        codes=UNDERLYING_CONDITION,
        source="別紙3 R66",
    )
    pregnant: Mapped[str | None] = _clinical(
        String(8), ja="妊娠の有無", en="Pregnant", codes=YES_NO_UNKNOWN, source="別紙3 R66"
    )
    needs: Mapped[str | None] = _words(
        String(400), ja="受入れに必要な事項", en="What the place must know", hint=NO_NAMES
    )
    place_id: Mapped[int | None] = _step(
        Integer,
        ja="受入先",
        en="Place of care",
        reference="Institution",
        foreign_key="institution.id",
    )
    transport: Mapped[str | None] = _step(
        String(20), ja="搬送手段", en="Transport", codes=TRANSPORT
    )
    requested_at: Mapped[datetime] = _step(
        UtcDateTime, ja="依頼日時", en="Requested at", nullable=False
    )
    accepted_at: Mapped[datetime | None] = _step(UtcDateTime, ja="受入決定日時", en="Accepted at")
    transported_at: Mapped[datetime | None] = _step(
        UtcDateTime, ja="搬送開始日時", en="Transport began at"
    )
    arrived_at: Mapped[datetime | None] = _step(UtcDateTime, ja="到着日時", en="Arrived at")
    cancelled_at: Mapped[datetime | None] = _step(UtcDateTime, ja="取消し日時", en="Cancelled at")
    cancel_reason: Mapped[str | None] = _words(
        String(400), ja="取消しの理由", en="Reason of the cancellation", editable=False
    )
    # Sorts the list; see rules.urgency.
    urgency: Mapped[int] = mapped_column(Integer, nullable=False, insert_default=0)

    case: Mapped["Case"] = relationship()
    centre: Mapped["Institution"] = relationship(foreign_keys=[centre_id])
    place: Mapped["Institution | None"] = relationship(foreign_keys=[place_id])
    municipality: Mapped["Municipality | None"] = relationship()
    offers: Mapped[list["PlacementOffer"]] = relationship(
        back_populates="request", order_by="PlacementOffer.id"
    )

    @property
    def reference(self) -> str:
        """The number both sides use on the telephone; it is not that of the case."""
        return f"T{self.id:06d}"

    def __str__(self) -> str:
        return self.reference


class PlacementOffer(Record, db.Model):
    """One place asked for one request, with its answer (打診)."""

    __tablename__ = "placement_offer"
    __table_args__ = (
        # Two coordinators never ask two places for one patient at once.
        Index(
            "uq_placement_offer_alive",
            "request_id",
            unique=True,
            sqlite_where=_alive,
            postgresql_where=_alive,
        ),
        Index(None, "institution_id", "state"),
        Index(None, "case_id"),
    )

    request_id: Mapped[int] = mapped_column(ForeignKey("placement_request.id"), nullable=False)
    # The request's; here so that a law need not look further.
    case_id: Mapped[int] = mapped_column(ForeignKey("case_record.id"), nullable=False)
    institution_id: Mapped[int] = _step(
        Integer,
        ja="打診先",
        en="Place asked",
        reference="Institution",
        foreign_key="institution.id",
        nullable=False,
    )
    state: Mapped[str] = _step(
        String(12), ja="回答", en="Answer", codes=OFFER_STATE, nullable=False, default="offered"
    )
    offered_at: Mapped[datetime] = _step(UtcDateTime, ja="打診日時", en="Asked at", nullable=False)
    offered_by: Mapped[str] = _step(String(128), ja="打診者", en="Asked by", nullable=False)
    answered_at: Mapped[datetime | None] = _step(UtcDateTime, ja="回答日時", en="Answered at")
    answered_by: Mapped[str | None] = _step(String(128), ja="回答者", en="Answered by")
    reason: Mapped[str | None] = _words(
        String(400), ja="受入不可・取下げの理由", en="Reason", editable=False
    )
    overbooking: Mapped[str | None] = _words(
        String(400), ja="空きを超えて打診した理由", en="Reason for overbooking", editable=False
    )
    room: Mapped[str | None] = _step(String(20), ja="部屋番号", en="Room")
    # Whether the acceptance let the place in to the case, and until when it had been in anyway.
    opened_case: Mapped[bool | None] = mapped_column(Boolean)
    access_until: Mapped[datetime | None] = mapped_column(UtcDateTime)

    request: Mapped["PlacementRequest"] = relationship(back_populates="offers")
    institution: Mapped["Institution"] = relationship()

    @property
    def is_alive(self) -> bool:
        """The place is asked or has accepted."""
        return self.state in LIVE_OFFERS

    def __str__(self) -> str:
        return OFFER_STATE.label(self.state)


class MeetingRoom(Record, db.Model):
    """The room of a case or of a request on the meeting server (R107): a random name."""

    __tablename__ = "meeting_room"
    __table_args__ = (UniqueConstraint("case_id"), UniqueConstraint("request_id"))

    case_id: Mapped[int | None] = mapped_column(ForeignKey("case_record.id"))
    request_id: Mapped[int | None] = mapped_column(ForeignKey("placement_request.id"))
    name: Mapped[str] = mapped_column(Encrypted(String(64)), nullable=False)
    opened_at: Mapped[datetime] = _step(
        UtcDateTime, ja="会議を開いた日時", en="Opened at", nullable=False
    )
    opened_by: Mapped[str] = _step(String(128), ja="会議を開いた人", en="Opened by", nullable=False)
    renewed_at: Mapped[datetime | None] = _step(
        UtcDateTime, ja="会議室名の更新日時", en="Room renewed at"
    )

    def __str__(self) -> str:
        return str(self.id)
