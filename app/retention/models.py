"""Periods, the preview, holds, and what a deleted part leaves behind in the history."""

from datetime import date, datetime
from functools import partial

from sqlalchemy import Date, ForeignKey, Index, Integer, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.cases.models import Case
from app.contacts.models import Contact
from app.core import clock
from app.core.db import Record, UtcDateTime, db
from app.core.items import Enterer, Privacy, item
from app.core.labels import Label
from app.core.sections import SYSTEM
from app.institutions.diseases import Disease
from app.institutions.models import Institution
from app.retention.codes import ENTRY_STATE, EVENT, HOLD_REACH, LEFT, RECORD_KIND, UNIT

_shared = partial(item, section=SYSTEM, privacy=Privacy.PUBLIC)
_work = partial(item, section=SYSTEM, privacy=Privacy.OPERATIONAL)
_issued = partial(_work, entered_by=(Enterer.SYSTEM,), editable=False)
_ALL = text("disease_id IS NULL")
_WAITING = text("state = 'waiting'")


class RetentionRule(Record, db.Model):
    """How long identity is kept: decided by the institution that answers for the records."""

    __tablename__ = "retention_rule"
    __table_args__ = (
        UniqueConstraint("institution_id", "kind", "disease_id"),
        Index(
            "uq_retention_rule_of_all_diseases",
            "institution_id",
            "kind",
            unique=True,
            sqlite_where=_ALL,
            postgresql_where=_ALL,
        ),
    )

    kind: Mapped[str] = _shared(
        String(16),
        ja="記録の種類",
        en="Kind of record",
        codes=RECORD_KIND,
        nullable=False,
        source="設定",
    )
    disease_id: Mapped[int | None] = _shared(
        Integer,
        ja="疾病（空欄はすべての疾病）",
        en="Disease (blank: all)",
        reference="Disease",
        foreign_key="disease.id",
        source="設定",
    )
    event: Mapped[str] = _shared(
        String(24), ja="起算日", en="Counted from", codes=EVENT, nullable=False, source="設定"
    )
    amount: Mapped[int] = _shared(
        Integer,
        ja="保存期間",
        en="Period",
        minimum=1,
        maximum=36500,
        nullable=False,
        source="設定",
    )
    unit: Mapped[str] = _shared(
        String(8), ja="単位", en="Unit", codes=UNIT, nullable=False, default="years", source="設定"
    )
    basis: Mapped[str] = _shared(
        String(400),
        ja="根拠・変更の理由",
        en="Ground, reason of the change",
        hint=Label("条例・文書管理規程など", "Ordinance, rules on documents"),
        nullable=False,
        source="設定",
    )
    institution_id: Mapped[int] = _shared(
        Integer,
        ja="定めた機関",
        en="Decided by",
        editable=False,
        reference="Institution",
        foreign_key="institution.id",
        nullable=False,
    )

    disease: Mapped["Disease | None"] = relationship()
    institution: Mapped["Institution"] = relationship()

    def __str__(self) -> str:
        return f"{RECORD_KIND.label(self.kind)}：{self.words}"

    @property
    def words(self) -> str:
        """The period as it is said."""
        return f"{EVENT.label(self.event)}から{self.amount}{UNIT.label(self.unit)}"


class RetentionEntry(db.Model):
    """One record of the preview; kept when it was applied or taken off. Holds no identity."""

    __tablename__ = "retention_entry"
    __table_args__ = (
        Index(None, "kind", "record_id"),
        Index(
            "uq_retention_entry_waiting",
            "kind",
            "record_id",
            unique=True,
            sqlite_where=_WAITING,
            postgresql_where=_WAITING,
        ),
        Index(None, "state", "id"),
        Index(None, "subject", "state"),
        Index(None, "responsible_centre_id", "state", "id"),
        Index(None, "authority_id", "state", "id"),
        Index(None, "prefecture_code", "state", "id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    state: Mapped[str] = _issued(
        String(8), ja="状態", en="State", codes=ENTRY_STATE, nullable=False, default="waiting"
    )
    kind: Mapped[str] = _issued(
        String(16), ja="記録の種類", en="Kind of record", codes=RECORD_KIND, nullable=False
    )
    reference: Mapped[str] = _issued(
        String(20), ja="番号", en="Number", nullable=False, source="別紙3 R48"
    )
    disease_id: Mapped[int] = _issued(
        Integer,
        ja="疾病名",
        en="Disease",
        reference="Disease",
        foreign_key="disease.id",
        nullable=False,
    )
    responsible_centre_id: Mapped[int | None] = _issued(
        Integer,
        ja="担当保健所",
        en="Responsible health centre",
        reference="Institution",
        foreign_key="institution.id",
    )
    event_on: Mapped[date] = _issued(Date, ja="起算日", en="Counted from", nullable=False)
    due_on: Mapped[date] = _issued(Date, ja="匿名化予定日", en="Due on", nullable=False)
    rule_words: Mapped[str] = _issued(
        String(120), ja="理由（保存期限）", en="Why (period)", nullable=False
    )
    entered_at: Mapped[datetime] = _issued(
        UtcDateTime, ja="一覧への記載日時", en="Entered at", nullable=False
    )
    ended_at: Mapped[datetime | None] = _issued(
        UtcDateTime, ja="匿名化・取下げの日時", en="Applied or taken off at"
    )
    left_because: Mapped[str | None] = _issued(
        String(8), ja="取下げの理由", en="Taken off because", codes=LEFT
    )

    record_id: Mapped[int] = mapped_column(Integer)
    subject: Mapped[str] = mapped_column(String(24))
    """Whose identity goes: everything with the same subject goes together."""
    rule_id: Mapped[int] = mapped_column(Integer)
    rule_version: Mapped[int] = mapped_column(Integer)
    fingerprint: Mapped[str] = mapped_column(String(64))
    """Keys and versions of every row concerned: another one means that something was changed."""
    authority_id: Mapped[int | None] = mapped_column(Integer)
    prefecture_code: Mapped[str | None] = mapped_column(String(2))

    disease: Mapped["Disease"] = relationship()
    responsible_centre: Mapped["Institution | None"] = relationship()

    def __str__(self) -> str:
        return f"{RECORD_KIND.label(self.kind)} {self.reference}"


class RetentionHold(Record, db.Model):
    """保存の保留: a record that stays whole whatever its period says, until it is released."""

    __tablename__ = "retention_hold"
    __table_args__ = (
        Index(None, "case_id"),
        Index(None, "contact_id"),
        Index(None, "person_id"),
        Index(None, "institution_id", "released_at"),
    )

    reference: Mapped[str] = _issued(
        String(20), ja="番号", en="Number", nullable=False, default="", source="別紙3 R48"
    )
    reach: Mapped[str] = _work(
        String(8),
        ja="保留の範囲",
        en="What is held",
        codes=HOLD_REACH,
        nullable=False,
        default="record",
    )
    reason: Mapped[str] = _work(
        String(400),
        ja="保留の理由",
        en="Reason for the hold",
        hint=Label("訴訟、開示請求、調査など。氏名は書かない", "Do not write names"),
        nullable=False,
        encrypted=True,
    )
    until_on: Mapped[date | None] = _work(
        Date,
        ja="保留の期限",
        en="Held until",
        hint=Label("空欄は解除するまで", "Blank: until released"),
    )
    placed_at: Mapped[datetime] = _issued(
        UtcDateTime, ja="保留した日時", en="Held since", nullable=False, insert_default=clock.now
    )
    placed_by: Mapped[str] = _issued(String(100), ja="保留した者", en="Held by", nullable=False)
    released_at: Mapped[datetime | None] = _issued(UtcDateTime, ja="解除した日時", en="Released at")
    released_by: Mapped[str | None] = _issued(String(100), ja="解除した者", en="Released by")
    release_reason: Mapped[str | None] = _issued(
        String(400), ja="解除の理由", en="Reason for the release", encrypted=True
    )

    case_id: Mapped[int | None] = mapped_column(ForeignKey("case_record.id"))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    """The person of the record, where every record of the person is held."""
    institution_id: Mapped[int | None] = mapped_column(ForeignKey("institution.id"))

    case: Mapped["Case | None"] = relationship()
    contact: Mapped["Contact | None"] = relationship()

    def __str__(self) -> str:
        return f"#{self.id}"


class RetentionTrace(db.Model):
    """A part that was deleted and whose history alone is left: found again when its time comes.

    Written where the history itself names neither case nor person (days of a contact). A draft
    that was thrown away has no owner but a health centre, a disease and the day it was begun.
    """

    __tablename__ = "retention_trace"
    __table_args__ = (
        Index(None, "owner", "owner_id"),
        Index(None, "centre_id", "event_on", "id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    owner: Mapped[str] = mapped_column(String(40))
    owner_id: Mapped[int] = mapped_column(Integer)
    record_type: Mapped[str] = mapped_column(String(40))
    record_id: Mapped[int] = mapped_column(Integer)
    centre_id: Mapped[int | None] = mapped_column(Integer)
    disease_id: Mapped[int | None] = mapped_column(Integer)
    event_on: Mapped[date | None] = mapped_column(Date)
