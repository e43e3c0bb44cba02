"""Prefectures and municipalities, as the postal service and the census name them."""

from datetime import date

from sqlalchemy import Date, Integer, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Record, db
from app.core.items import Privacy, Section, item
from app.core.labels import Label
from app.institutions.rules import MUNICIPALITY_KINDS

AREA = Section("area", 10, Label("地域", "Area"))
OPEN = Privacy.PUBLIC


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


class MunicipalityPopulation(Record, db.Model):
    """How many people live in a municipality, as an office entered it; changes stand in its history.

    Populations of health centres and authorities are summed from these and kept beside them
    (:mod:`app.institutions.populations`).
    """

    __tablename__ = "municipality_population"

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
    population: Mapped[int] = item(
        Integer,
        ja="人口",
        en="Population",
        section=AREA,
        privacy=OPEN,
        unit=Label("人", "people"),
        minimum=0,
        nullable=False,
    )
    counted_on: Mapped[date] = item(
        Date, ja="人口の基準日", en="Population as of", section=AREA, privacy=OPEN, nullable=False
    )
    origin: Mapped[str] = item(
        String(100), ja="出典", en="Source", section=AREA, privacy=OPEN, nullable=False
    )
    municipality: Mapped[Municipality] = relationship()

    def __str__(self) -> str:
        return self.municipality_code
