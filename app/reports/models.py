"""Own layouts of reports, and the weekly survey's numbers that people type."""

from datetime import date, datetime
from functools import partial
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Record, UtcDateTime, db
from app.core.items import Enterer, Privacy, Section, item
from app.core.labels import Label
from app.institutions.models import Institution
from app.reports.layout import (
    NAME_LENGTH,
    TITLE_LENGTH,
    Layout,
    read_columns,
)
from app.statistics.weekly_survey import COLUMNS

LAYOUT = Section("report_layout", 10, Label("帳票の様式", "Layout of a report"))
SURVEY = Section("care_survey", 10, Label("療養状況等調査", "Survey of places of care"))
NO_CENTRE = 0
"""Layouts above a health centre: a number, because NULL equals nothing."""
_default = text("is_default")
_chosen = partial(item, section=LAYOUT, privacy=Privacy.OPERATIONAL)


class ReportLayout(Record, db.Model):
    """An own layout of one report: of a prefecture (the two keys 0), of an authority
    (``centre_id`` 0), or of a health centre.
    """

    __tablename__ = "report_layout"
    __table_args__ = (
        Index(
            "uq_report_layout_default",
            "kind",
            "prefecture_code",
            "authority_id",
            "centre_id",
            unique=True,
            sqlite_where=_default,
            postgresql_where=_default,
        ),
    )

    kind: Mapped[str] = mapped_column(String(20), nullable=False)
    prefecture_code: Mapped[str] = mapped_column(ForeignKey("prefecture.code"), nullable=False)
    authority_id: Mapped[int] = mapped_column(Integer, nullable=False)
    centre_id: Mapped[int] = mapped_column(Integer, nullable=False)
    name: Mapped[str] = _chosen(
        String(NAME_LENGTH), ja="様式の名称", en="Name of the layout", nullable=False
    )
    is_default: Mapped[bool] = _chosen(
        Boolean, ja="標準の様式", en="Used unless another is chosen", nullable=False, default=False
    )
    title: Mapped[str | None] = _chosen(String(TITLE_LENGTH), ja="表題", en="Title")
    file_pattern: Mapped[str | None] = _chosen(
        String(TITLE_LENGTH), ja="ファイル名", en="File name"
    )
    columns: Mapped[str] = _chosen(
        String(8000),
        ja="列（項目＝見出し）",
        en="Columns (item = heading)",
        nullable=False,
    )
    """One line for each column, written so that people can read it in the history."""
    sort: Mapped[str] = _chosen(String(20), ja="並び順", en="Order", nullable=False)
    descending: Mapped[bool] = _chosen(
        Boolean, ja="逆順", en="Descending", nullable=False, default=False
    )
    preset: Mapped[str] = _chosen(String(20), ja="表示する行", en="Rows shown", nullable=False)
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    saved_by: Mapped[str] = mapped_column(String(128), nullable=False)

    @property
    def layout(self) -> Layout:
        """As the lists read it."""
        return Layout(
            columns=read_columns(self.columns),
            sort=self.sort,
            preset=self.preset,
            descending=self.descending,
            title=self.title or "",
            file_pattern=self.file_pattern or "",
        )

    def __str__(self) -> str:
        return self.name


def _number(key: str, *, maximum: int = 999_999, hint: Label | None = None) -> Any:
    """A number of the survey, under the words of its column."""
    column = COLUMNS[key]
    return item(
        Integer,
        ja=column.label.ja,
        en=column.label.en,
        section=SURVEY,
        privacy=Privacy.OPERATIONAL,
        source=column.mark,
        entered_by=(Enterer.HEALTH_CENTRE,),
        hint=hint,
        minimum=0,
        maximum=maximum,
    )


class CareSurvey(Record, db.Model):
    """What an authority types for a Wednesday of 療養状況等調査: the numbers the portal cannot
    know, and those it corrects. Empty: the portal's own number stands.

    ``sent`` are the numbers as they were when the authority said that they are complete.
    """

    __tablename__ = "care_survey"
    __table_args__ = (
        UniqueConstraint("survey_on", "authority_id"),
        Index(None, "prefecture_code", "survey_on"),
    )

    survey_on: Mapped[date] = item(
        Date,
        ja="調査日（水曜日0時現在）",
        en="Wednesday (0:00)",
        section=SURVEY,
        privacy=Privacy.OPERATIONAL,
        editable=False,
        nullable=False,
    )
    authority_id: Mapped[int] = item(
        Integer,
        ja="保健所設置自治体",
        en="Authority",
        section=SURVEY,
        privacy=Privacy.OPERATIONAL,
        reference="Institution",
        foreign_key="institution.id",
        editable=False,
        nullable=False,
    )
    prefecture_code: Mapped[str | None] = mapped_column(ForeignKey("prefecture.code"))
    hospital: Mapped[int | None] = _number("hospital")
    hospital_secured: Mapped[int | None] = _number("hospital_secured")
    hospital_temporary: Mapped[int | None] = _number("hospital_temporary")
    phase_now: Mapped[int | None] = _number("phase_now", maximum=20)
    phase_last: Mapped[int | None] = _number("phase_last", maximum=20)
    beds_usable: Mapped[int | None] = _number("beds_usable")
    beds_secured: Mapped[int | None] = _number("beds_secured")
    severe: Mapped[int | None] = _number("severe")
    severe_secured: Mapped[int | None] = _number("severe_secured")
    severe_temporary: Mapped[int | None] = _number("severe_temporary")
    severe_beds_usable: Mapped[int | None] = _number("severe_beds_usable")
    severe_beds_secured: Mapped[int | None] = _number("severe_beds_secured")
    hotel: Mapped[int | None] = _number("hotel")
    hotel_part: Mapped[int | None] = _number("hotel_part")
    rooms_usable: Mapped[int | None] = _number("rooms_usable")
    rooms_secured: Mapped[int | None] = _number("rooms_secured")
    home: Mapped[int | None] = _number(
        "home", hint=Label("社会福祉施設等を含む", "Social facilities included")
    )
    social_facility: Mapped[int | None] = _number("social_facility")
    waiting: Mapped[int | None] = _number("waiting")
    tests: Mapped[int | None] = _number("tests", hint=Label("直近1週間", "Of the last week"))
    sent: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    sent_at: Mapped[datetime | None] = item(
        UtcDateTime,
        ja="確定日時",
        en="Complete since",
        section=SURVEY,
        privacy=Privacy.OPERATIONAL,
        editable=False,
    )
    sent_by: Mapped[str | None] = item(
        String(128),
        ja="確定者",
        en="Declared complete by",
        section=SURVEY,
        privacy=Privacy.OPERATIONAL,
        editable=False,
    )

    authority: Mapped["Institution"] = relationship()

    def __str__(self) -> str:
        return f"{self.survey_on}"
