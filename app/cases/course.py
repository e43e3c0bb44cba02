"""What happens to a case over time: stays, treatments, activities (many per case)."""

from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import Date, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.cases.codes import STAY_PLACE
from app.core.db import Record, db
from app.core.items import Enterer, Privacy, Stage, item
from app.core.labels import YES_NO_UNKNOWN
from app.core.sections import DIAGNOSIS, INVESTIGATION
from app.institutions.models import Institution

if TYPE_CHECKING:
    from app.cases.models import Case

_stay = partial(item, section=DIAGNOSIS, privacy=Privacy.CLINICAL, entered_by=(Enterer.CLINIC,))
_tie = partial(item, section=DIAGNOSIS, privacy=Privacy.OPERATIONAL, entered_by=(Enterer.CLINIC,))
_words = partial(item, privacy=Privacy.IDENTIFYING)
_activity = partial(
    item,
    section=INVESTIGATION,
    privacy=Privacy.INVESTIGATION,
    entered_by=(Enterer.HEALTH_CENTRE,),
)


class Stay(Record, db.Model):
    """Where the patient is cared for, from a day to a day (居所); open while ``to_on`` is empty."""

    __tablename__ = "stay"
    __table_args__ = (Index(None, "case_id", "from_on"), Index(None, "institution_id", "to_on"))

    case_id: Mapped[int] = mapped_column(ForeignKey("case_record.id"), nullable=False)
    place: Mapped[str] = _tie(
        String(16),
        ja="療養場所",
        en="Place of care",
        codes=STAY_PLACE,
        nullable=False,
        source="別紙3 R61; 入力項目 R90",
    )
    from_on: Mapped[date] = _tie(
        Date,
        ja="入院日（療養開始日）",
        en="From",
        nullable=False,
        aliases=("入院日", "入院年月日"),
        source="入力項目 R89; 添付1 32",
    )
    to_on: Mapped[date | None] = _tie(
        Date,
        ja="退院日（療養終了日）",
        en="To",
        aliases=("退院日",),
        source="入力項目 R89; 添付1 32",
    )
    institution_id: Mapped[int | None] = _tie(
        Integer,
        ja="入院医療機関・療養施設",
        en="Institution",
        reference="Institution",
        foreign_key="institution.id",
        source="別紙3 R62",
    )
    institution_name: Mapped[str | None] = _tie(
        String(100),
        ja="入院医療機関の名称",
        en="Institution's name",
        aliases=("入院医療機関（現在）",),
        source="別紙3 R62; 添付1 32",
    )
    institution_address: Mapped[str | None] = _tie(
        String(200), ja="入院医療機関の所在地", en="Institution's address", source="別紙3 R62"
    )
    department: Mapped[str | None] = _tie(
        String(60), ja="診療科", en="Department", source="別紙3 R62; 添付1 32"
    )
    room: Mapped[str | None] = _tie(String(20), ja="部屋番号", en="Room")
    icu: Mapped[str | None] = _stay(
        String(8),
        ja="ICU入室",
        en="Intensive care unit",
        codes=YES_NO_UNKNOWN,
        required=Stage.FOLLOW_UP,
        source="別紙3 R63; 入力項目 R89",
    )
    ventilator: Mapped[str | None] = _stay(
        String(8),
        ja="人工呼吸器の使用有無",
        en="Ventilator",
        codes=YES_NO_UNKNOWN,
        required=Stage.FOLLOW_UP,
        source="別紙3 R63; 入力項目 R89; 添付1 35",
    )
    ecmo: Mapped[str | None] = _stay(
        String(8),
        ja="ECMOの使用有無",
        en="ECMO",
        codes=YES_NO_UNKNOWN,
        required=Stage.FOLLOW_UP,
        source="別紙3 R63; 入力項目 R89",
    )

    # The end it had when it was first over: what whoever cares may move it from.
    first_to_on: Mapped[date | None] = mapped_column(Date)

    case: Mapped["Case"] = relationship(back_populates="stays")
    institution: Mapped["Institution | None"] = relationship()

    def __str__(self) -> str:
        return f"{STAY_PLACE.label(self.place)} {self.from_on}–{self.to_on or ''}"


class Treatment(Record, db.Model):
    """A medical act after the first visit (受診後の医療行為)."""

    __tablename__ = "treatment"
    __table_args__ = (Index(None, "case_id", "given_on"),)

    case_id: Mapped[int] = mapped_column(ForeignKey("case_record.id"), nullable=False)
    given_on: Mapped[date | None] = _stay(
        Date, ja="医療行為の年月日", en="Date of treatment", source="別紙3 R64; 添付1 36"
    )
    institution_name: Mapped[str | None] = _tie(
        String(100), ja="医療機関名", en="Institution", source="別紙3 R64; 添付1 36"
    )
    content: Mapped[str | None] = _words(
        Text,
        section=DIAGNOSIS,
        entered_by=(Enterer.CLINIC,),
        ja="医療行為の内容等",
        en="Treatment",
        source="別紙3 R64; 添付1 36",
    )
    remarks: Mapped[str | None] = _words(
        Text,
        section=DIAGNOSIS,
        entered_by=(Enterer.CLINIC,),
        ja="備考",
        en="Remarks",
        source="添付1 36",
    )

    case: Mapped["Case"] = relationship(back_populates="treatments")

    def __str__(self) -> str:
        return str(self.given_on or "")


class ActivityRecord(Record, db.Model):
    """One activity of the patient, for finding the source or the contacts (行動歴)."""

    __tablename__ = "activity_record"
    __table_args__ = (Index(None, "case_id", "happened_on"),)

    case_id: Mapped[int] = mapped_column(ForeignKey("case_record.id"), nullable=False)
    happened_on: Mapped[date | None] = _activity(
        Date, ja="日付", en="Date", source="別紙3 R76; 入力項目 R93; 添付2"
    )
    happened_time: Mapped[str | None] = _activity(
        String(11),
        ja="時刻",
        en="Time",
        aliases=("接触時刻",),
        source="別紙3 R76; 添付2",
    )
    place: Mapped[str | None] = _activity(
        String(200), ja="場所", en="Place", source="入力項目 R93; 添付2"
    )
    activity: Mapped[str | None] = _activity(
        Text, ja="行動・接触の状況", en="Activity", source="別紙3 R75; 入力項目 R93; 添付2"
    )
    companions: Mapped[str | None] = _activity(
        String(200), ja="同行者氏名", en="Companions", source="添付2"
    )
    remarks: Mapped[str | None] = _activity(Text, ja="備考", en="Remarks", source="添付2")

    case: Mapped["Case"] = relationship(back_populates="activities")

    def __str__(self) -> str:
        return f"{self.happened_on or ''} {self.happened_time or ''}".strip()
