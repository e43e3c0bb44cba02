"""One row per institution and day: how many people of which age were diagnosed."""

from datetime import date
from functools import partial

from sqlalchemy import Date, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, relationship

from app.core.db import Record, db
from app.core.items import Enterer, Privacy, Section, item
from app.core.labels import Label
from app.dailyreports.rules import AGES
from app.institutions.models import Institution, Prefecture

DAILY_REPORT = Section("daily_report", 10, Label("日次報告", "Daily report"))
_SOURCE = "日次報告（2022年9月26日の見直し）"
_reported = partial(
    item,
    section=DAILY_REPORT,
    privacy=Privacy.EPIDEMIOLOGICAL,
    entered_by=(Enterer.CLINIC,),
    source=_SOURCE,
)
_derived = partial(
    item,
    section=DAILY_REPORT,
    privacy=Privacy.OPERATIONAL,
    entered_by=(Enterer.SYSTEM,),
    editable=False,
)
_LABELS = dict(AGES)


def _count(name: str) -> Mapped[int]:
    label = _LABELS[name]
    made: Mapped[int] = _reported(
        Integer,
        ja=label.ja,
        en=label.en,
        unit=Label("人", "people"),
        minimum=0,
        maximum=9_999,
        nullable=True,
    )
    return made


class DailyReport(Record, db.Model):
    """日次報告 of an institution for a day; those notified one by one are counted in it too."""

    __tablename__ = "daily_report"
    __table_args__ = (
        UniqueConstraint("institution_id", "reported_on"),
        Index(None, "authority_id", "reported_on"),
        Index(None, "prefecture_code", "reported_on"),
    )

    reported_on: Mapped[date] = _reported(Date, ja="診断日", en="Day of diagnosis", nullable=False)
    institution_id: Mapped[int] = _derived(
        Integer,
        ja="報告医療機関",
        en="Reporting institution",
        reference="Institution",
        foreign_key="institution.id",
        nullable=False,
    )
    authority_id: Mapped[int | None] = _derived(
        Integer,
        ja="保健所設置自治体",
        en="Authority",
        reference="Institution",
        foreign_key="institution.id",
    )
    prefecture_code: Mapped[str | None] = _derived(
        String(2),
        ja="都道府県",
        en="Prefecture",
        reference="Prefecture",
        foreign_key="prefecture.code",
    )
    under_1: Mapped[int | None] = _count("under_1")
    from_1_to_9: Mapped[int | None] = _count("from_1_to_9")
    from_10_to_19: Mapped[int | None] = _count("from_10_to_19")
    from_20_to_29: Mapped[int | None] = _count("from_20_to_29")
    from_30_to_39: Mapped[int | None] = _count("from_30_to_39")
    from_40_to_49: Mapped[int | None] = _count("from_40_to_49")
    from_50_to_59: Mapped[int | None] = _count("from_50_to_59")
    from_60_to_69: Mapped[int | None] = _count("from_60_to_69")
    from_70_to_79: Mapped[int | None] = _count("from_70_to_79")
    from_80_to_89: Mapped[int | None] = _count("from_80_to_89")
    from_90: Mapped[int | None] = _count("from_90")
    total: Mapped[int] = _derived(
        Integer, ja="合計", en="Total", nullable=False, default=0, minimum=0
    )

    institution: Mapped["Institution"] = relationship(foreign_keys="DailyReport.institution_id")
    authority: Mapped["Institution | None"] = relationship(foreign_keys="DailyReport.authority_id")
    prefecture: Mapped["Prefecture | None"] = relationship()

    def __str__(self) -> str:
        return f"{self.reported_on:%Y/%m/%d}"
