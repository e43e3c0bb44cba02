"""The table of 療養状況等調査: authorities rolling up to prefectures, forms of 2022 and 2020."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import select

from app.core.db import db
from app.core.labels import Label
from app.exports.tables import ExportColumn, Kind
from app.institutions.models import Prefecture
from app.reports.book import ReportBook
from app.reports.kind import DISEASE, Making, ReportKind
from app.reports.list_book import build
from app.reports.listing import ColumnSet, ListColumn, Listing, Order, Rows
from app.reports.survey import SurveyRow, survey_rows, total_of
from app.security.actor import Actor
from app.statistics.weekly_survey import COLUMNS, FORM_2020, Column


def _listed(column: Column) -> ListColumn:
    return ListColumn(column.key, _exported(column, _definition(column)))


def _exported(column: Column, definition: str) -> ExportColumn:
    def value(row: SurveyRow) -> float | None:
        found = column.of(row.shown)
        return found if found is None or not column.decimals else round(found, column.decimals)

    kind: Kind = "decimal" if column.decimals else "integer"
    return ExportColumn(column.label, kind, value, definition)


def _definition(column: Column) -> str:
    if column.made is not None:
        return f"{column.sentence}（{column.formula}）"
    if column.origin is None:
        return str(column.sentence)
    return f"{column.sentence}{column.origin}。入力値があるときは入力値。"


NAME = ExportColumn(Label("自治体", "Authority"), "text", lambda row: row.name)
LISTED = (
    ListColumn("code", ExportColumn(Label("団体コード", "Code"), "text", lambda row: row.code)),
    ListColumn("name", NAME, width=18),
    *map(_listed, COLUMNS.values()),
)


def _rows(making: Making, order: Order) -> Rows:
    found = _ordered(making, order)
    return Rows(len(found), [found])


def _ordered(making: Making, order: Order) -> list[SurveyRow]:
    wanted = making.wanted
    wednesday = wanted.last + timedelta(days=1)
    rows = survey_rows(wanted.area, wednesday, family=wanted.family)
    kept = [row for row in rows if order.preset != "with_patients" or row.in_care]
    key = _SORTS[order.sort][1]
    ordered = sorted(kept, key=key, reverse=order.descending)
    if order.sort != "code":
        return [*ordered, total_of(kept, "合計")]
    return list(_with_totals(ordered, kept))


def _with_totals(ordered: Sequence[SurveyRow], kept: Sequence[SurveyRow]) -> Iterator[SurveyRow]:
    """Each prefecture's authorities, then its sum; the country's at the end."""
    found = db.session.execute(select(Prefecture.code, Prefecture.name))
    names = {row.code: row.name for row in found}
    several = len({row.prefecture for row in kept}) > 1
    for code, group in groupby(ordered, key=lambda row: row.prefecture):
        rows = list(group)
        yield from rows
        if len(rows) > 1 or several:
            yield total_of(rows, f"{names.get(code, code)} 計", prefecture=code)
    if several:
        yield total_of(kept, "合計")


def _form_of_2020(book: ReportBook, making: Making) -> int:
    """The columns of the first form, under its own words."""
    rows = _ordered(making, Order("code", descending=False, preset="all"))
    columns = [NAME, *(_exported(one, "") for one in FORM_2020)]
    book.report_table("2020年様式", "療養状況等調査（2020年様式）", columns, rows)
    return len(rows)


def _columns(_actor: Actor) -> ColumnSet:
    return ColumnSet(LISTED)


_SORTS: Mapping[str, tuple[Label, Any]] = {
    "code": (
        Label("団体コード順（都道府県ごとの計を入れる）", "Code, with sums of prefectures"),
        lambda row: (row.prefecture, row.code),
    ),
    "in_care": (Label("療養者数順", "People in care"), lambda row: row.in_care or 0),
    "bed_use": (Label("確保病床使用率順", "Use of beds"), lambda row: row.figure("bed_use") or 0.0),
}
CARE_SURVEY = ReportKind(
    "care_survey",
    Label("療養状況等調査", "Weekly survey of places of care"),
    Label(
        "毎週水曜日0時現在の療養者数・病床数等を保健所設置自治体ごとに集計し、都道府県計を付ける。"
        "ポータルで分からない数は「調査票の入力」で入力する。",
        "People in care and beds at 0:00 of a Wednesday by authority with sums of prefectures. "
        "What the portal cannot know is typed on its own page.",
    ),
    "wednesday",
    holds_people=False,
    contents=(
        Label("療養状況等調査（2022年様式）", "Form of 2022"),
        Label("療養状況等調査（2020年様式）", "Form of 2020"),
    ),
    build=build,
    parameters=frozenset({DISEASE}),
    right=("show", "care_survey"),
    listing=Listing(
        columns=_columns,
        default=tuple(one.key for one in LISTED),
        sorts={key: label for key, (label, _key) in _SORTS.items()},
        presets={
            "all": Label("すべての自治体", "All authorities"),
            "with_patients": Label("療養者がいる自治体のみ", "Those with people in care"),
        },
        rows=_rows,
        notes=(
            Label(
                "空欄は、ポータルで把握しておらず、入力もされていない数。",
                "Empty: neither known to the portal nor typed.",
            ),
        ),
        further=_form_of_2020,
    ),
)
