"""Places and institutions: the tree every account, case and figure hangs on.

ministry · prefecture HQ (47) · authority (155) · health centre · hospitals, clinics, …
"""

from datetime import date

from sqlalchemy import Date, Integer, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import clock
from app.core.db import Record, db
from app.core.items import Privacy, Section, item
from app.core.labels import Label
from app.institutions.rules import INSTITUTION_KINDS, MUNICIPALITY_KINDS

AREA = Section("area", 10, Label("地域", "Area"))
INSTITUTION = Section("institution", 20, Label("機関", "Institution"))
ADDRESS = Section("address", 30, Label("所在地・連絡先", "Address and contact"))

OPEN = Privacy.OPERATIONAL


class Prefecture(db.Model):
    """One of the 47 prefectures (JIS X 0401)."""

    __tablename__ = "prefecture"

    code: Mapped[str] = mapped_column(
        String(2),
        primary_key=True,
    )
    name: Mapped[str] = item(
        String(10), ja="都道府県名", en="Prefecture", section=AREA, privacy=OPEN, nullable=False
    )
    kana: Mapped[str] = item(
        String(20), ja="フリガナ", en="Kana", section=AREA, privacy=OPEN, nullable=False
    )
    romaji: Mapped[str] = item(
        String(20), ja="ローマ字", en="Romaji", section=AREA, privacy=OPEN, nullable=False
    )
    region: Mapped[str] = item(
        String(10), ja="地方", en="Region", section=AREA, privacy=OPEN, nullable=False
    )
    population: Mapped[int] = item(
        Integer,
        ja="人口（2020年国勢調査）",
        en="Population (census 2020)",
        section=AREA,
        privacy=OPEN,
        source="令和2年国勢調査 確定値",
        unit=Label("人", "people"),
        nullable=False,
    )

    def __str__(self) -> str:
        return self.name


class Municipality(db.Model):
    """A city, ward, town or village by its five-digit JIS code (JIS X 0401 + X 0402)."""

    __tablename__ = "municipality"

    code: Mapped[str] = mapped_column(String(5), primary_key=True)
    name: Mapped[str] = item(
        String(40),
        ja="市区町村名",
        en="Municipality",
        section=AREA,
        privacy=OPEN,
        nullable=False,
        index=True,
    )
    kana: Mapped[str] = item(
        String(80), ja="フリガナ", en="Kana", section=AREA, privacy=OPEN, nullable=False, index=True
    )
    prefecture_code: Mapped[str] = item(
        String(2),
        ja="都道府県",
        en="Prefecture",
        section=AREA,
        privacy=OPEN,
        reference="Prefecture",
        foreign_key="prefecture.code",
        nullable=False,
        index=True,
    )
    kind: Mapped[str] = item(
        String(20),
        ja="区分",
        en="Kind",
        section=AREA,
        privacy=OPEN,
        codes=MUNICIPALITY_KINDS,
        nullable=False,
    )
    prefecture: Mapped[Prefecture] = relationship()

    def __str__(self) -> str:
        return self.name


class Institution(Record, db.Model):
    """A node of the tree; accounts belong to one, cases are seen through them (R27, R29)."""

    __tablename__ = "institution"

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
        index=True,
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
    population: Mapped[int | None] = item(
        Integer,
        ja="管内人口",
        en="Population of the area",
        section=INSTITUTION,
        privacy=OPEN,
        unit=Label("人", "people"),
        minimum=0,
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


class CentreArea(Record, db.Model):
    """管轄: the health centre that answers for a municipality; a municipality has one."""

    __tablename__ = "centre_area"

    municipality_code: Mapped[str] = item(
        String(5),
        ja="市区町村",
        en="Municipality",
        section=AREA,
        privacy=OPEN,
        reference="Municipality",
        foreign_key="municipality.code",
        nullable=False,
        unique=True,
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
    municipality: Mapped[Municipality] = relationship()
    centre: Mapped[Institution] = relationship()

    def __str__(self) -> str:
        return self.municipality_code
