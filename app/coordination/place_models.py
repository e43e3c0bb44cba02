"""What hospitals and hotels say they have: beds day by day, rooms one by one."""

from datetime import date, datetime
from functools import partial

from sqlalchemy import Date, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Record, UtcDateTime, db
from app.core.items import Privacy, Section, item
from app.core.labels import CodeList, Label
from app.institutions.models import Institution

BEDS = Section("beds", 36, Label("病床", "Beds"))
ROOM_USE = CodeList(
    "room_use",
    ("yes", "使用可", "In use"),
    ("no", "使用停止", "Out of use"),
    tones={"yes": "success", "no": "neutral"},
)
NO_NAMES = Label("氏名・住所・電話番号は書かない", "No name, address or telephone number")

_beds = partial(
    item,
    Integer,
    section=BEDS,
    privacy=Privacy.OPERATIONAL,
    unit=Label("床", "beds"),
    minimum=0,
    maximum=9999,
    nullable=False,
    default=0,
)


class BedReport(Record, db.Model):
    """The beds a hospital declares for a day; those for severe cases are among all (うち)."""

    __tablename__ = "bed_report"
    __table_args__ = (
        UniqueConstraint("institution_id", "declared_on"),
        Index(None, "prefecture_code", "declared_on"),
    )

    institution_id: Mapped[int] = item(
        Integer,
        ja="医療機関",
        en="Hospital",
        section=BEDS,
        privacy=Privacy.OPERATIONAL,
        reference="Institution",
        foreign_key="institution.id",
        editable=False,
        nullable=False,
    )
    declared_on: Mapped[date] = item(
        Date,
        ja="申告日",
        en="Declared for",
        section=BEDS,
        privacy=Privacy.OPERATIONAL,
        nullable=False,
    )
    total: Mapped[int] = _beds(ja="確保病床数", en="Beds secured", source="療養状況調査")
    usable: Mapped[int] = _beds(ja="即応病床数", en="Beds usable now", source="療養状況調査")
    occupied: Mapped[int] = _beds(ja="入院者数", en="Occupied", source="療養状況調査")
    severe_total: Mapped[int] = _beds(
        ja="うち重症者用 確保病床数", en="Of these for severe cases: secured", source="療養状況調査"
    )
    severe_usable: Mapped[int] = _beds(
        ja="うち重症者用 即応病床数", en="For severe cases: usable now", source="療養状況調査"
    )
    severe_occupied: Mapped[int] = _beds(
        ja="うち重症者数", en="For severe cases: occupied", source="療養状況調査"
    )
    conditions: Mapped[str | None] = item(
        String(400),
        ja="受入条件等",
        en="Conditions",
        section=BEDS,
        privacy=Privacy.OPERATIONAL,
        encrypted=True,
        hint=NO_NAMES,
    )
    prefecture_code: Mapped[str | None] = mapped_column(String(2))
    declared_at: Mapped[datetime] = item(
        UtcDateTime,
        ja="申告日時",
        en="Declared at",
        section=BEDS,
        privacy=Privacy.OPERATIONAL,
        editable=False,
        nullable=False,
    )

    institution: Mapped["Institution"] = relationship()

    def __str__(self) -> str:
        return f"{self.declared_on}"


class HotelRoom(Record, db.Model):
    """A room of a hotel for patients; who is in it follows from the stays."""

    __tablename__ = "hotel_room"
    __table_args__ = (
        UniqueConstraint("institution_id", "name"),
        Index(None, "prefecture_code"),
    )

    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), nullable=False)
    name: Mapped[str] = item(
        String(20),
        ja="部屋番号",
        en="Room",
        section=BEDS,
        privacy=Privacy.OPERATIONAL,
        nullable=False,
    )
    capacity: Mapped[int] = item(
        Integer,
        ja="定員",
        en="Capacity",
        section=BEDS,
        privacy=Privacy.OPERATIONAL,
        unit=Label("人", "people"),
        minimum=1,
        maximum=20,
        nullable=False,
        default=1,
    )
    usable: Mapped[str] = item(
        String(12),
        ja="使用の可否",
        en="In use",
        section=BEDS,
        privacy=Privacy.OPERATIONAL,
        codes=ROOM_USE,
        nullable=False,
        default="yes",
    )
    features: Mapped[str | None] = item(
        String(200),
        ja="設備・状態（清掃中、車椅子可等）",
        en="Features and state (being cleaned, wheelchair, …)",
        section=BEDS,
        privacy=Privacy.OPERATIONAL,
        encrypted=True,
        hint=NO_NAMES,
    )
    prefecture_code: Mapped[str | None] = mapped_column(String(2))

    institution: Mapped["Institution"] = relationship()

    def __str__(self) -> str:
        return self.name


class PlaceTurn(db.Model):
    """Whoever takes a place of an institution changes its row first: so they take turns."""

    __tablename__ = "place_turn"

    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), primary_key=True)
    turn: Mapped[int] = mapped_column(Integer, nullable=False, insert_default=0)
