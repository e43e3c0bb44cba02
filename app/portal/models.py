"""The link of a household: to whom it went, for whom it reports, whether it is open; and what
an authority decided about the pages behind it."""

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import clock
from app.core.db import Record, UtcDateTime, db
from app.core.items import Privacy, item
from app.core.labels import CodeList
from app.core.sections import CARE, SYSTEM
from app.institutions.models import Institution

LINK_STATE = CodeList(
    "patient_link_state",
    ("open", "利用中", "Open"),
    ("wrong_birth_date", "生年月日の誤り3回で停止", "Closed: wrong birth date three times"),
    ("closed", "停止", "Closed"),
    tones={"open": "success", "wrong_birth_date": "danger", "closed": "neutral"},
)

WAY = CodeList(
    "patient_link_way",
    ("sms", "SMS", "SMS"),
    ("mail", "メール", "Mail"),
    ("paper", "紙（QRコード）", "Paper (QR code)"),
)

GRAPH_FOR = CodeList(
    "graph_for",
    ("staff", "職員のみ（本人には表示しない）", "Staff only (not shown to the person)"),
    ("household", "職員と本人・家族", "Staff, the person and the family"),
)


class PatientPageRule(Record, db.Model):
    """What patients of an authority see on their pages. Without one, staff alone see graphs."""

    __tablename__ = "patient_page_rule"

    institution_id: Mapped[int] = item(
        Integer,
        ja="定めた自治体",
        en="Decided by",
        section=SYSTEM,
        privacy=Privacy.OPERATIONAL,
        editable=False,
        reference="Institution",
        foreign_key="institution.id",
        nullable=False,
        unique=True,
    )
    graph_for: Mapped[str] = item(
        String(12),
        ja="症状グラフを見る人",
        en="Who sees the symptom graph",
        section=SYSTEM,
        privacy=Privacy.OPERATIONAL,
        codes=GRAPH_FOR,
        nullable=False,
        default="staff",
        source="健康観察 R33",
    )

    institution: Mapped["Institution"] = relationship()

    def __str__(self) -> str:
        return GRAPH_FOR.label(self.graph_for)


class PatientLink(Record, db.Model):
    """One link of one household, sent to one of its members, opened with that one's birth date.

    ``generation`` is part of the link's signature: the link issued before it is dead.
    """

    __tablename__ = "patient_link"
    __table_args__ = (
        Index(None, "institution_id", "state", "noted_at"),
        Index(None, "case_id"),
        Index(None, "contact_id"),
    )

    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case_record.id"))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"))
    generation: Mapped[int] = mapped_column(Integer, default=1)
    state: Mapped[str] = item(
        String(20),
        ja="入力ページの状態",
        en="State of the reporting page",
        section=CARE,
        privacy=Privacy.OPERATIONAL,
        codes=LINK_STATE,
        nullable=False,
        default="open",
        editable=False,
        source="健康観察 R16・R35",
    )
    way: Mapped[str] = item(
        String(8),
        ja="入力ページの案内方法",
        en="Way of invitation",
        section=CARE,
        privacy=Privacy.OPERATIONAL,
        codes=WAY,
        nullable=False,
        editable=False,
    )
    recipient: Mapped[str | None] = item(
        String(254),
        ja="入力ページの案内先",
        en="Address of the invitation",
        section=CARE,
        privacy=Privacy.IDENTIFYING,
        editable=False,
    )
    language: Mapped[str] = mapped_column(String(8), default="ja")
    reminds: Mapped[bool] = mapped_column(Boolean, default=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    noted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When somebody of the staff took note that the link had closed itself."""

    members: Mapped[list["LinkMember"]] = relationship(
        back_populates="link", order_by="LinkMember.position"
    )

    def __str__(self) -> str:
        return LINK_STATE.label(self.state)


class LinkMember(Record, db.Model):
    """Somebody the link reports for; the first is the one it was sent to."""

    __tablename__ = "patient_link_member"
    __table_args__ = (
        UniqueConstraint("link_id", "case_id"),
        UniqueConstraint("link_id", "contact_id"),
        Index(None, "case_id"),
        Index(None, "contact_id"),
    )

    link_id: Mapped[int] = mapped_column(ForeignKey("patient_link.id"))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case_record.id"))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"))
    position: Mapped[int] = mapped_column(Integer, default=0)

    link: Mapped["PatientLink"] = relationship(back_populates="members")
