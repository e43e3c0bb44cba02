"""Lists of a quarantine station, the files they came in, and the people on them (R106, R149)."""

from datetime import date, datetime
from functools import partial
from typing import Any

from sqlalchemy import (
    JSON,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.cases.codes import SEX
from app.contacts.models import Contact
from app.core import clock
from app.core.anonymity import Anonymisable
from app.core.crypto.types import Encrypted, encrypted_json
from app.core.db import Record, UtcDateTime, db
from app.core.items import Enterer, Privacy, item
from app.core.labels import YES_NO_UNKNOWN, Label
from app.core.sections import BASIC, CARE, INVESTIGATION
from app.institutions.models import Institution, Municipality, Prefecture
from app.quarantine.codes import AIRPORT_TEST, DELIVERY_STATE, RETURNEE_STATE

_entered = partial(item, entered_by=(Enterer.SYSTEM,), source="空港検疫 R106・R149")
_name = partial(_entered, section=BASIC, privacy=Privacy.NAME)
_phone = partial(_entered, section=BASIC, privacy=Privacy.TELEPHONE)
_identity = partial(_entered, section=BASIC, privacy=Privacy.IDENTIFYING)
_counted = partial(_entered, section=BASIC, privacy=Privacy.EPIDEMIOLOGICAL)
_travel = partial(_entered, section=INVESTIGATION, privacy=Privacy.EPIDEMIOLOGICAL)
_health = partial(_entered, section=CARE, privacy=Privacy.CLINICAL)
_issued = partial(_entered, section=BASIC, privacy=Privacy.OPERATIONAL, editable=False)


class ReturneeList(Record, db.Model):
    """A list of one quarantine station, known by its number, whatever files it came in."""

    __tablename__ = "returnee_list"
    __table_args__ = (UniqueConstraint("institution_id", "number"),)

    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), nullable=False)
    number: Mapped[str] = mapped_column(String(40), nullable=False)
    first_received_at: Mapped[datetime] = mapped_column(
        UtcDateTime, nullable=False, insert_default=clock.now
    )

    station: Mapped["Institution"] = relationship()

    def __str__(self) -> str:
        return self.number


class ReturneeDelivery(Record, db.Model):
    """A file or call that brought rows of a list: a proposal until somebody applies it."""

    __tablename__ = "returnee_delivery"
    __table_args__ = (Index(None, "institution_id", "received_at"),)

    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), nullable=False)
    number: Mapped[str] = mapped_column(String(40), nullable=False)
    state: Mapped[str] = mapped_column(String(12), nullable=False, default="review")
    source: Mapped[str] = mapped_column(Encrypted(String(200)), nullable=False)
    received_at: Mapped[datetime] = mapped_column(
        UtcDateTime, nullable=False, insert_default=clock.now
    )
    received_by: Mapped[str] = mapped_column(String(128), nullable=False)
    applied_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    applied_by: Mapped[str | None] = mapped_column(String(128))
    counts: Mapped[dict[str, int]] = mapped_column(JSON, nullable=False)
    rows: Mapped[list[dict[str, Any]] | None] = mapped_column(encrypted_json())
    """As sent, each with its outcome and, by column, its problems; emptied after some days."""

    def __str__(self) -> str:
        return f"{self.number} #{self.id}"

    @property
    def state_label(self) -> str:
        """Where it stands, in the reader's language."""
        return DELIVERY_STATE.label(self.state)


def _kept_by(owner: str, only: str) -> Index:
    """Those nobody took over, in the order of arrival; anonymised ones left out."""
    there = text(f"contact_id IS NULL AND anonymised_on IS NULL AND {only}")
    name = f"ix_returnee_kept_by_{owner}"
    return Index(name, owner, "arrived_on", "id", sqlite_where=there, postgresql_where=there)


class Returnee(Anonymisable, Record, db.Model):
    """Somebody on a list, for the health centre of the address to take over.

    Taken over, the person is a contact under observation like any other; what the station
    asked stays here as it was answered.
    """

    __tablename__ = "returnee"
    __table_args__ = (
        UniqueConstraint("list_id", "key"),
        Index(None, "centre_id", "state"),
        Index(None, "prefecture_code", "state"),
        Index(None, "institution_id"),
        Index(None, "contact_id"),
        # What a retention period is counted from.
        _kept_by("centre_id", "centre_id IS NOT NULL"),
        _kept_by("prefecture_code", "centre_id IS NULL"),
        _kept_by("institution_id", "centre_id IS NULL AND prefecture_code IS NULL"),
    )

    list_id: Mapped[int] = mapped_column(ForeignKey("returnee_list.id"), nullable=False)
    institution_id: Mapped[int] = _issued(
        Integer,
        ja="検疫所",
        en="Quarantine station",
        reference="Institution",
        foreign_key="institution.id",
        nullable=False,
    )
    list_number: Mapped[str] = _issued(String(40), ja="名簿番号", en="List number", nullable=False)
    key: Mapped[str] = mapped_column(String(44), nullable=False)
    """What tells the person from others of the list: the questionnaire, else the number."""
    line: Mapped[int] = _issued(Integer, ja="名簿の番号", en="Number in the list", nullable=False)
    questionnaire_id: Mapped[str | None] = _issued(
        String(40), ja="質問票番号", en="Questionnaire number"
    )
    state: Mapped[str] = _issued(
        String(12),
        ja="引継ぎの状態",
        en="State of the hand-over",
        codes=RETURNEE_STATE,
        nullable=False,
        default="unassigned",
    )
    name: Mapped[str | None] = _name(String(100), ja="氏名", en="Name")
    kana: Mapped[str | None] = _name(String(100), ja="ふりがな", en="Name in kana")
    birth_on: Mapped[date | None] = _identity(Date, ja="生年月日", en="Date of birth")
    sex: Mapped[str | None] = _entered(
        String(8), ja="性別", en="Sex", codes=SEX, section=BASIC, privacy=Privacy.PROFILE
    )
    nationality: Mapped[str | None] = _identity(String(100), ja="国籍", en="Nationality")
    prefecture_code: Mapped[str | None] = _counted(
        String(2),
        ja="居住都道府県",
        en="Prefecture of residence",
        reference="Prefecture",
        foreign_key="prefecture.code",
    )
    municipality_code: Mapped[str | None] = _counted(
        String(5),
        ja="居住市区町村",
        en="Municipality of residence",
        reference="Municipality",
        foreign_key="municipality.code",
    )
    municipality_as_written: Mapped[str | None] = _counted(
        String(60), ja="市区町村（記載のまま）", en="Municipality as written", editable=False
    )
    address: Mapped[str | None] = _identity(String(255), ja="日本での住所", en="Address in Japan")
    phone: Mapped[str | None] = _phone(String(20), ja="電話番号", en="Telephone")
    email: Mapped[str | None] = _identity(String(254), ja="メールアドレス", en="E-mail")
    flight: Mapped[str | None] = _travel(String(40), ja="便名", en="Flight")
    arrived_on: Mapped[date] = _travel(Date, ja="到着日", en="Arrived on", nullable=False)
    stayed_in: Mapped[str | None] = _travel(
        String(200), ja="滞在国・地域（14日以内）", en="Countries stayed in (14 days)"
    )
    has_symptoms: Mapped[str | None] = _health(
        String(8), ja="症状の有無", en="Symptoms", codes=YES_NO_UNKNOWN
    )
    met_patient: Mapped[str | None] = _health(
        String(8),
        ja="患者との接触（14日以内）",
        en="Met a patient (14 days)",
        codes=YES_NO_UNKNOWN,
    )
    symptoms: Mapped[str | None] = _entered(
        Text, ja="症状の内容", en="What symptoms", section=CARE, privacy=Privacy.IDENTIFYING
    )
    airport_test: Mapped[str | None] = _health(
        String(12), ja="空港検査の結果", en="Test at the airport", codes=AIRPORT_TEST
    )
    centre_id: Mapped[int | None] = _issued(
        Integer,
        ja="担当保健所",
        en="Responsible health centre",
        reference="Institution",
        foreign_key="institution.id",
    )
    assigned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    taken_at: Mapped[datetime | None] = _issued(UtcDateTime, ja="引継ぎ日時", en="Taken over at")
    closed_reason: Mapped[str | None] = _entered(
        String(400),
        ja="対応不要の理由",
        en="Why nobody follows",
        section=BASIC,
        privacy=Privacy.IDENTIFYING,
        editable=False,
        hint=Label("出国済み等", "Left the country, for example"),
    )
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"))
    """The contact the person became."""

    of_list: Mapped["ReturneeList"] = relationship()
    institution: Mapped["Institution"] = relationship(foreign_keys="Returnee.institution_id")
    prefecture: Mapped["Prefecture | None"] = relationship()
    municipality: Mapped["Municipality | None"] = relationship()
    centre: Mapped["Institution | None"] = relationship(foreign_keys="Returnee.centre_id")
    contact: Mapped["Contact | None"] = relationship()

    def __str__(self) -> str:
        return f"{self.list_number}-{self.line}"
