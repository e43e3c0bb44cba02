"""The table of 療養状況等調査: authorities rolling up to prefectures, forms of 2022 and 2020."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import select

from app.core.db import db
from app.core.labels import Label
from app.exports.tables import ExportColumn
from app.institutions.models import Prefecture
from app.reports.book import ReportBook
from app.reports.kind import DISEASE, Making, ReportKind
from app.reports.list_book import build
from app.reports.listing import ColumnSet, ListColumn, Listing, Order, Rows
from app.reports.survey import NUMBERS, ORIGINS, SurveyRow, label_of, survey_rows, total_of
from app.security.actor import Actor
from app.statistics import derived
from app.statistics.stages import SEVERE_BED_USE

TYPED = Label(
    "調査票への入力値（ポータルでは把握していない）", "Typed; the portal does not know it"
)
IN_CARE = Label("療養者数", "People in care")
ROOM_USE = Label("確保居室使用率", "Use of secured rooms")


def _number(name: str) -> ListColumn:
    definition = f"{ORIGINS[name]}。入力値があるときは入力値。" if name in ORIGINS else str(TYPED)
    column = ExportColumn(label_of(name), "integer", lambda row: row.shown[name], definition)
    return ListColumn(name, column)


def _ratio(
    key: str, label: Label, of: Callable[[SurveyRow], float | None], said: str
) -> ListColumn:
    def value(row: SurveyRow) -> float | None:
        found = of(row)
        return None if found is None else round(found, 1)

    return ListColumn(key, ExportColumn(label, "decimal", value, said))


def _sentence(one: derived.Derived) -> str:
    return f"{one.sentence}（{one.formula}）"


_NAMES = (
    ListColumn("code", ExportColumn(Label("団体コード", "Code"), "text", lambda row: row.code)),
    ListColumn(
        "name", ExportColumn(Label("自治体", "Authority"), "text", lambda row: row.name), width=18
    ),
    ListColumn(
        "in_care",
        ExportColumn(
            IN_CARE,
            "integer",
            lambda row: row.in_care,
            "入院者数＋宿泊療養者数＋自宅療養者数（社会福祉施設等を含む）＋確認中の人数。",
        ),
    ),
)
_RATIOS = {
    "beds_secured": _ratio(
        "bed_use", derived.BED_USE.label, lambda row: row.bed_use, _sentence(derived.BED_USE)
    ),
    "hospital_temporary": _ratio(
        "admission_rate",
        derived.ADMISSION_RATE.label,
        lambda row: row.admission_rate,
        _sentence(derived.ADMISSION_RATE),
    ),
    "severe_beds_secured": _ratio(
        "severe_bed_use",
        SEVERE_BED_USE.label,
        lambda row: row.severe_bed_use,
        _sentence(SEVERE_BED_USE),
    ),
    "rooms_secured": _ratio(
        "room_use", ROOM_USE, lambda row: row.room_use, "宿泊療養者数 ÷ 確保居室数 × 100"
    ),
}


def _all_columns() -> Iterator[ListColumn]:
    yield from _NAMES
    for name in NUMBERS:
        yield _number(name)
        if name in _RATIOS:
            yield _RATIOS[name]


COLUMNS = tuple(_all_columns())
_BY_KEY = {one.key: one for one in COLUMNS}
FORM_2020 = (
    ("name", ""),
    ("hospital", ""),
    ("beds_secured", "受入確保病床数"),
    ("severe", "重症者数"),
    ("severe_beds_secured", "重症患者受入確保病床数"),
    ("hotel", ""),
    ("rooms_usable", "宿泊施設受入可能室数"),
    ("home_alone", "自宅療養者数"),
    ("social_facility", "社会福祉施設等療養者数"),
    ("waiting", ""),
    ("tests", ""),
)
_AT_HOME = ListColumn(
    "home_alone",
    ExportColumn(
        Label("自宅療養者数", "At home"),
        "integer",
        lambda row: (
            None
            if row.shown["home"] is None
            else row.shown["home"] - (row.shown["social_facility"] or 0)
        ),
    ),
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
    known = _BY_KEY | {_AT_HOME.key: _AT_HOME}
    columns = [
        ExportColumn(heading or one.column.label, one.column.kind, one.column.value, "")
        for key, heading in FORM_2020
        for one in (known[key],)
    ]
    book.report_table("2020年様式", "療養状況等調査（2020年様式）", columns, rows)
    return len(rows)


def _columns(_actor: Actor) -> ColumnSet:
    return ColumnSet(COLUMNS)


_SORTS: Mapping[str, tuple[Label, Any]] = {
    "code": (
        Label("団体コード順（都道府県ごとの計を入れる）", "Code, with sums of prefectures"),
        lambda row: (row.prefecture, row.code),
    ),
    "in_care": (Label("療養者数順", "People in care"), lambda row: row.in_care or 0),
    "bed_use": (Label("確保病床使用率順", "Use of beds"), lambda row: row.bed_use or 0.0),
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
        default=tuple(one.key for one in COLUMNS),
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
