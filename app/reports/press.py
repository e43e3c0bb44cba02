"""報道発表資料の患者一覧: what may be said of the new cases of a day (R11, R122).

The decisions taken with each patient are obeyed item by item (``app.cases.publication``): what must
not be published is 非公表, and so is what nobody decided yet. Place, age group and sex may be said
unless withheld, as generally as the published list says them (``app.publication.generalising``).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app
from sqlalchemy import or_, select, true

from app.cases.codes import AGE_GROUP
from app.cases.counting import counted_cases
from app.cases.models import Case
from app.cases.publication import PUBLISHABLE, may_publish
from app.cases.rules import age_group_of
from app.core.db import db
from app.core.items import item_of
from app.core.labels import Label
from app.exports.tables import ExportColumn, column_of
from app.institutions.models import Municipality
from app.publication.generalising import Said, generalised
from app.publication.line_list import AGE_GROUP_WORDS, MOST_ROWS, SEXES
from app.publication.may_publish import AGE, PLACE, SEX, publishable_items
from app.reports.case_rows import asked_cases, day_of, in_area, of_family, people_of, rows_of
from app.reports.columns import Declared, readable
from app.reports.kind import Making, ReportKind, Wanted
from app.reports.list_book import build
from app.reports.listing import ColumnSet, ListColumn, Listing, Order, Rows
from app.security.actor import Actor

WITHHELD = Label("非公表", "Not published")
_SAID = {PLACE: "place", AGE: "age", SEX: "sex"}
_FLAGS = tuple(item_of(Case, name) for name in ("published_items", "withheld_items"))


@dataclass(frozen=True, slots=True)
class Announced:
    """A row: its number in the table, the case, and what may be said of it without being asked."""

    number: int
    case: Case
    said: Said


def _rows(making: Making, order: Order) -> Rows:
    wanted = making.wanted
    statement = asked_cases(wanted, counted_cases(), _PRESETS[order.preset][1]())
    keys = _SORTS[order.sort][1](wanted)
    found = rows_of(statement, [key.desc() if order.descending else key for key in keys])
    return Rows(found.count, _numbered(found.batches, _generally_said(wanted)))


def _numbered(
    batches: Iterable[Sequence[Case]], said: Mapping[int, Said]
) -> Iterator[Sequence[Announced]]:
    number = 0
    for batch in batches:
        rows = []
        for case in batch:
            number += 1
            rows.append(Announced(number, case, said.get(case.id, Said())))
        yield rows


def _generally_said(wanted: Wanted) -> dict[int, Said]:
    """Case of the days → place, age and sex as the whole list up to then lets them be said."""
    day = day_of(wanted)
    columns = (Case.id, Case.age_group, Case.age_years, Case.sex, Case.withheld_items)
    statement = (
        select(*columns, Municipality.name.label("place"), day.label("day"))
        .outerjoin(Municipality, Municipality.code == Case.municipality_code)
        .where(counted_cases(), in_area(wanted.area), of_family(wanted.family), day <= wanted.last)
        .order_by(day.desc(), Case.id.desc())
        .limit(MOST_ROWS)
    )
    found = db.session.execute(statement).all()
    smallest = int(current_app.config["PUBLICATION_SMALLEST_CELL"])
    said = generalised([_of(row) for row in found], smallest=smallest)
    return {row.id: one for row, one in zip(found, said, strict=True) if row.day >= wanted.first}


def _of(row: Any) -> Said:
    allowed = publishable_items(row.withheld_items)
    age = row.age_group or age_group_of(row.age_years)
    return Said(
        place=row.place or "" if PLACE in allowed else "",
        age=AGE_GROUP_WORDS.get(age, "") if AGE in allowed else "",
        sex=SEXES.get(row.sex, "") if SEX in allowed else "",
    )


def _item(name: str, *, width: int = 0) -> Declared:
    """An item of a press release; a value only where it may be said."""
    declared = item_of(Case, name)
    plain = column_of(declared)
    general = _SAID.get(name)

    def value(row: Announced) -> Any:
        decided = may_publish(row.case, name)
        if decided is False:
            return str(WITHHELD)
        if decided is None:
            return (getattr(row.said, general) if general else "") or str(WITHHELD)
        return _value(row.case)

    def _value(case: Case) -> Any:
        if name == AGE:
            group = case.age_group or age_group_of(case.age_years)
            return AGE_GROUP.label(group) if group else None
        if name == PLACE:
            return case.residence or (None if case.municipality is None else str(case.municipality))
        return plain.value(case)

    column = ExportColumn(plain.label, plain.kind, value, plain.definition)
    return Declared((declared, *_FLAGS), ListColumn(name, column, width))


_NUMBER = ListColumn(
    "number", ExportColumn(Label("番号", "No."), "integer", lambda row: row.number)
)
_WIDTHS = {"symptoms": 30, "residence": 18, "travel_country": 16, "infection_place": 20}
COLUMNS = tuple(_item(name, width=_WIDTHS.get(name, 0)) for name in PUBLISHABLE.values)


def _columns(actor: Actor) -> ColumnSet:
    found = readable(COLUMNS, actor)
    return ColumnSet((_NUMBER, *found.columns), found.left_out)


_PRESETS: Mapping[str, tuple[Label, Any]] = {
    "all": (Label("すべて", "All"), true),
    "decided": (
        Label("公表の可否を確認済みのもの", "Those asked about publication"),
        lambda: or_(Case.published_items.is_not(None), Case.withheld_items.is_not(None)),
    ),
}
_SORTS: Mapping[str, tuple[Label, Any]] = {
    "day": (Label("集計する日付順", "Day"), lambda wanted: (day_of(wanted),)),
    # An order by what may be withheld would say it: only the day and the order of arrival do not.
    "arrival": (Label("登録順", "Order of registration"), lambda _wanted: (Case.id,)),
}
_SHOWN = (
    "number", "age_group", "sex", "residence", "occupation", "onset_on", "symptoms",
    "diagnosed_on", "severity", "travelled", "link_known",
)  # fmt: skip
PRESS = ReportKind(
    "press",
    Label("報道発表用患者一覧", "Press release table"),
    Label(
        "その日の新規陽性者の年代・性別・居住地・職業・発症日等。公表の可否を項目ごとに守る。",
        "New cases of a day with what may be published of each, item by item.",
    ),
    "day",
    holds_people=True,
    contents=(Label("新規陽性者の一覧（公表の可否を反映）", "New cases as they may be published"),),
    build=build,
    listing=Listing(
        columns=_columns,
        default=_SHOWN,
        sorts={key: label for key, (label, _keys) in _SORTS.items()},
        presets={key: label for key, (label, _condition) in _PRESETS.items()},
        rows=_rows,
        people_of=lambda rows: people_of([row.case for row in rows]),
        notes=(
            Label(
                "「非公表」は、公表しないとされた項目、公表の可否が未決定の項目及び少数のため個人が"
                "特定されるおそれのある項目。発表前に内容を確認すること。",
                "Not published: withheld, not decided yet, or said of too few. Check before release.",
            ),
        ),
    ),
)
