"""A bundle of paper, and each of its sheets from the moment somebody begins to type it."""

from datetime import date, datetime
from functools import partial

from sqlalchemy import (
    Boolean,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.bundles.codes import BUNDLE_KIND, BUNDLE_STATE, BUNDLE_WAY, SHEET_STATE
from app.cases.models import Case
from app.contacts.models import Contact
from app.core import clock
from app.core.crypto.types import Encrypted
from app.core.db import Record, UtcDateTime, db
from app.core.items import Enterer, Privacy, item
from app.core.labels import Label
from app.core.sections import SYSTEM
from app.institutions.diseases import Disease
from app.institutions.models import Institution
from app.intake.models import PaperScan
from app.notifications.models import Notification

_entered = partial(
    item,
    section=SYSTEM,
    privacy=Privacy.OPERATIONAL,
    entered_by=(Enterer.HEALTH_CENTRE,),
    source="データ移行 R126",
)
_issued = partial(_entered, editable=False)


class PaperBundle(Record, db.Model):
    """A box or envelope of paper at a health centre, and how far its typing is."""

    __tablename__ = "paper_bundle"
    __table_args__ = (Index(None, "centre_id", "state"), Index(None, "holder_id", "state"))

    centre_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), nullable=False)
    state: Mapped[str] = _issued(
        String(10),
        ja="状態",
        en="State",
        codes=BUNDLE_STATE,
        nullable=False,
        default="received",
    )
    kind: Mapped[str] = _entered(
        String(20), ja="紙の種類", en="Kind of paper", codes=BUNDLE_KIND, nullable=False
    )
    disease_id: Mapped[int] = _entered(
        Integer,
        ja="疾病名",
        en="Disease",
        reference="Disease",
        foreign_key="disease.id",
        nullable=False,
    )
    from_on: Mapped[date | None] = _entered(Date, ja="期間（始め）", en="Period from")
    until_on: Mapped[date | None] = _entered(Date, ja="期間（終わり）", en="Period until")
    sheet_count: Mapped[int] = _entered(
        Integer,
        ja="枚数（受領時に数えた数）",
        en="Sheets counted on receipt",
        unit=Label("枚", "sheets"),
        minimum=1,
        maximum=9_999,
        nullable=False,
    )
    place: Mapped[str | None] = _entered(
        String(100),
        ja="保管場所",
        en="Where it is kept",
        hint=Label("箱番号・棚など", "Number of the box, shelf"),
    )
    way: Mapped[str | None] = _entered(
        String(12), ja="受領方法", en="How it came", codes=BUNDLE_WAY
    )
    received_on: Mapped[date] = _entered(
        Date, ja="受領日", en="Received on", nullable=False, default=clock.today
    )
    holder_id: Mapped[int | None] = _entered(
        Integer,
        ja="入力する機関",
        en="Who types",
        reference="Institution",
        foreign_key="institution.id",
        hint=Label(
            "空欄は当保健所。発生届を渡せるのは、紙の発生届の入力を認めた受託機関のみ",
            "Empty: this health centre. Notifications only go to contractors let type them",
        ),
    )
    remarks: Mapped[str | None] = _entered(
        Text, ja="備考", en="Remarks", privacy=Privacy.IDENTIFYING
    )
    difference: Mapped[str | None] = _issued(
        String(400),
        ja="枚数の相違の説明",
        en="Why the numbers differ",
        privacy=Privacy.IDENTIFYING,
    )
    begun_on: Mapped[date | None] = _issued(Date, ja="入力開始日", en="Typing begun on")
    checked_on: Mapped[date | None] = _issued(Date, ja="確認日", en="Checked on")
    checked_by: Mapped[str | None] = mapped_column(String(100))
    returned_on: Mapped[date | None] = _issued(Date, ja="返却日", en="Returned on")
    created_at: Mapped[datetime] = mapped_column(
        UtcDateTime, nullable=False, insert_default=clock.now
    )

    centre: Mapped["Institution"] = relationship(foreign_keys="PaperBundle.centre_id")
    holder: Mapped["Institution | None"] = relationship(foreign_keys="PaperBundle.holder_id")
    disease: Mapped["Disease"] = relationship()

    def __str__(self) -> str:
        return f"B{self.id or 0:05d}"


class BundleSheet(Record, db.Model):
    """One sheet of a bundle: what it was scanned as, what it was typed into, who checked it."""

    __tablename__ = "bundle_sheet"
    __table_args__ = (
        UniqueConstraint("bundle_id", "number"),
        UniqueConstraint("scan_id"),
        UniqueConstraint("notification_id"),
        Index(None, "case_id"),
        Index(None, "contact_id"),
    )

    bundle_id: Mapped[int] = mapped_column(ForeignKey("paper_bundle.id"), nullable=False)
    number: Mapped[int] = mapped_column(Integer, nullable=False)
    state: Mapped[str] = mapped_column(String(10), nullable=False, default="typing")
    scan_id: Mapped[int | None] = mapped_column(ForeignKey("paper_scan.id"))
    notification_id: Mapped[int | None] = mapped_column(
        ForeignKey("notification.id", ondelete="SET NULL")
    )
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case_record.id"))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"))
    days: Mapped[int | None] = mapped_column(Integer)
    """Observations typed from a follow-up sheet."""
    typed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    typed_by: Mapped[str | None] = mapped_column(String(100))
    typed_by_user_id: Mapped[int | None] = mapped_column(Integer)
    left_out_because: Mapped[str | None] = mapped_column(Encrypted(String(400)))
    in_sample: Mapped[bool] = mapped_column(Boolean, nullable=False, default=False)
    wrong_items: Mapped[int | None] = mapped_column(Integer)
    """Items found wrong by the second person; None: not looked at."""
    checked_by: Mapped[str | None] = mapped_column(String(100))

    bundle: Mapped["PaperBundle"] = relationship()
    scan: Mapped["PaperScan | None"] = relationship()
    notification: Mapped["Notification | None"] = relationship(passive_deletes=True)
    case: Mapped["Case | None"] = relationship()
    contact: Mapped["Contact | None"] = relationship()

    def __str__(self) -> str:
        return f"{self.bundle}-{self.number}"

    @property
    def state_label(self) -> str:
        """Where it stands, in the reader's language."""
        return SHEET_STATE.label(self.state)
