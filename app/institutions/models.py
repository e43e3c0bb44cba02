"""Places and institutions: the tree every account, case and figure hangs on.

ministry · prefecture HQ (47) · authority (155) · health centre · hospitals, clinics, …
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    UniqueConstraint,
    event,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import clock
from app.core.crypto.types import Encrypted
from app.core.db import CodeSet, Record, UtcDateTime, db
from app.core.items import Section, item
from app.core.labels import Label
from app.institutions.places import (
    AREA,
    OPEN,
    Municipality,
    MunicipalityPopulation,
    Prefecture,
)
from app.institutions.rules import (
    EVER,
    INSTITUTION_KINDS,
    PORTAL_ENTRIES,
    needs_letting_in,
)

INSTITUTION = Section("institution", 20, Label("機関", "Institution"))
ADDRESS = Section("address", 30, Label("所在地・連絡先", "Address and contact"))
PORTAL = Section("portal", 40, Label("システムの利用", "Use of the portal"))

__all__ = [
    "CentreArea",
    "Institution",
    "InstitutionPlacement",
    "Municipality",
    "MunicipalityPopulation",
    "Prefecture",
]


class Institution(Record, db.Model):
    """A node of the tree; accounts belong to one, cases are seen through them (R27, R29)."""

    __tablename__ = "institution"
    # The tree lists what stands below a node by name, page by page.
    __table_args__ = (Index(None, "parent_id", "name", "id"),)

    kind: Mapped[str] = item(
        String(30),
        ja="機関種別",
        en="Kind of institution",
        section=INSTITUTION,
        privacy=OPEN,
        source="R26–R29",
        codes=INSTITUTION_KINDS,
        nullable=False,
        index=True,
    )
    name: Mapped[str] = item(
        String(200),
        ja="機関名",
        en="Name",
        section=INSTITUTION,
        privacy=OPEN,
        nullable=False,
        index=True,
    )
    kana: Mapped[str | None] = item(
        String(200), ja="フリガナ", en="Kana", section=INSTITUTION, privacy=OPEN, index=True
    )
    code: Mapped[str] = item(
        String(40),
        ja="機関コード",
        en="Institution code",
        section=INSTITUTION,
        privacy=OPEN,
        hint=Label(
            "医療機関は10桁の医療機関コード", "For medical institutions the official 10 digits"
        ),
        nullable=False,
        unique=True,
    )
    parent_id: Mapped[int | None] = item(
        Integer,
        ja="上位機関",
        en="Parent institution",
        section=INSTITUTION,
        privacy=OPEN,
        reference="Institution",
        foreign_key="institution.id",
    )
    # Derived from the tree when the institution is created, so that rows and figures of an
    # authority are one indexed comparison. An authority carries its own id here.
    authority_id: Mapped[int | None] = item(
        Integer,
        ja="保健所設置自治体",
        en="Authority",
        section=INSTITUTION,
        privacy=OPEN,
        reference="Institution",
        foreign_key="institution.id",
        editable=False,
        index=True,
    )
    lg_code: Mapped[str | None] = item(
        String(6),
        ja="全国地方公共団体コード",
        en="Local government code",
        section=INSTITUTION,
        privacy=OPEN,
        index=True,
    )
    # Summed from its municipalities (app/institutions/populations.py), never typed.
    population: Mapped[int | None] = item(
        Integer,
        ja="管内人口",
        en="Population of the area",
        section=INSTITUTION,
        privacy=OPEN,
        unit=Label("人", "people"),
        minimum=0,
        editable=False,
    )
    closed_on: Mapped[date | None] = item(
        Date, ja="廃止日", en="Closed on", section=INSTITUTION, privacy=OPEN
    )
    prefecture_code: Mapped[str | None] = item(
        String(2),
        ja="都道府県",
        en="Prefecture",
        section=ADDRESS,
        privacy=OPEN,
        reference="Prefecture",
        foreign_key="prefecture.code",
        index=True,
    )
    municipality_code: Mapped[str | None] = item(
        String(5),
        ja="市区町村",
        en="Municipality",
        section=ADDRESS,
        privacy=OPEN,
        reference="Municipality",
        foreign_key="municipality.code",
    )
    postal_code: Mapped[str | None] = item(
        String(8), ja="郵便番号", en="Postal code", section=ADDRESS, privacy=OPEN
    )
    address: Mapped[str | None] = item(
        String(300), ja="所在地", en="Address", section=ADDRESS, privacy=OPEN
    )
    phone: Mapped[str | None] = item(
        String(20), ja="電話番号", en="Telephone", section=ADDRESS, privacy=OPEN
    )
    portal_on: Mapped[bool] = item(
        Boolean,
        ja="システムの利用",
        en="Uses the portal",
        section=PORTAL,
        privacy=OPEN,
        source="R24",
        editable=False,
        nullable=False,
    )
    portal_entries: Mapped[tuple[str, ...]] = item(
        CodeSet,
        ja="入力できる情報",
        en="May enter",
        section=PORTAL,
        privacy=OPEN,
        source="R24・R34",
        codes=PORTAL_ENTRIES,
        editable=False,
        nullable=False,
        default=(),
    )

    parent: Mapped["Institution | None"] = relationship(
        remote_side="Institution.id", foreign_keys=[parent_id]
    )
    authority: Mapped["Institution | None"] = relationship(
        remote_side="Institution.id", foreign_keys=[authority_id]
    )
    prefecture: Mapped[Prefecture | None] = relationship()
    municipality: Mapped[Municipality | None] = relationship()

    def __str__(self) -> str:
        return self.name

    @property
    def active(self) -> bool:
        """True until the day of closing."""
        return self.closed_on is None or self.closed_on > clock.today()


@event.listens_for(Institution, "init")
def _closed_to_outsiders(_institution: Institution, _args: Any, values: dict[str, Any]) -> None:
    """Public bodies are in; everybody else waits to be let in (R24)."""
    values.setdefault("portal_on", not needs_letting_in(values.get("kind", "")))
    values.setdefault("portal_entries", ())


class CentreArea(Record, db.Model):
    """管轄: the health centre that answers for a municipality, from a day on.

    The row with the latest day not after today is in force; earlier ones are the history.
    """

    __tablename__ = "centre_area"
    __table_args__ = (UniqueConstraint("municipality_code", "from_on"),)

    municipality_code: Mapped[str] = item(
        String(5),
        ja="市区町村",
        en="Municipality",
        section=AREA,
        privacy=OPEN,
        reference="Municipality",
        foreign_key="municipality.code",
        nullable=False,
    )
    centre_id: Mapped[int] = item(
        Integer,
        ja="管轄保健所",
        en="Health centre in charge",
        section=AREA,
        privacy=OPEN,
        reference="Institution",
        foreign_key="institution.id",
        nullable=False,
        index=True,
    )
    from_on: Mapped[date] = item(
        Date,
        ja="管轄開始日",
        en="In charge from",
        section=AREA,
        privacy=OPEN,
        nullable=False,
        default=EVER,
    )
    municipality: Mapped[Municipality] = relationship()
    centre: Mapped[Institution] = relationship()

    def __str__(self) -> str:
        return self.municipality_code


class InstitutionPlacement(db.Model):
    """Below which institution another one stands, from a day on; written when it is moved.

    A move to come waits here until its day; the tree itself is ``Institution.parent_id``.
    """

    __tablename__ = "institution_placement"
    __table_args__ = (UniqueConstraint("institution_id", "from_on"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), nullable=False)
    parent_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), nullable=False)
    from_on: Mapped[date] = mapped_column(Date, nullable=False)
    reason: Mapped[str | None] = mapped_column(Encrypted(String(400)))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[str | None] = mapped_column(String(100))
    applied_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)

    institution: Mapped[Institution] = relationship(foreign_keys=[institution_id])
    parent: Mapped[Institution] = relationship(foreign_keys=[parent_id])

    def __str__(self) -> str:
        return f"{self.institution_id} {self.from_on}"
