"""感染経路不明者の調査: cases whose source is not known, with what is known (R119 e; R73)."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import and_, or_, true

from app.cases.counting import counted_unlinked_cases
from app.cases.models import Case
from app.core.items import item_of
from app.core.labels import Label
from app.exports.tables import ExportColumn
from app.reports.book import Chart, ReportBook
from app.reports.case_rows import asked_cases, day_of, people_of, rows_of
from app.reports.columns import of_item, readable
from app.reports.figure_tables import asked_of, indicator_column, over, whole
from app.reports.kind import Making, ReportKind
from app.reports.list_book import build
from app.reports.listing import Listing, Order, Rows
from app.statistics.areas import standing_of
from app.statistics.definitions import NEW, UNLINKED_CASES, UNLINKED_SHARE

WEEKS = 8
_NAMES = (
    "number", "responsible_centre_id", "municipality_code", "age_years", "age_group", "sex",
    "occupation", "occupation_detail", "onset_on", "diagnosed_on", "reported_on", "published_on",
    "symptoms", "severity", "status", "link_known", "link_note", "travelled", "travel_country",
    "infection_place", "infection_place_note", "visited_before_onset",
    "visited_before_onset_note", "surveyed_on", "survey_method",
)  # fmt: skip
COLUMNS = tuple(of_item(name, item_of(Case, name)) for name in _NAMES)


def _rows(making: Making, order: Order) -> Rows:
    statement = asked_cases(making.wanted, counted_unlinked_cases(), _PRESETS[order.preset][1]())
    keys = _SORTS[order.sort][1](making)
    return rows_of(statement, [key.desc() if order.descending else key for key in keys])


def _weeks(book: ReportBook, making: Making) -> int:
    """Cases and unlinked ones week by week, by the definitions of the statistics."""
    asked = asked_of(making.wanted)
    population = standing_of(making.wanted.area).population
    lines = []
    for back in reversed(range(WEEKS)):
        shift = timedelta(days=7 * back)
        week = over(asked, asked.first - shift, asked.last - shift)
        lines.append((week, whole(week, population)))
    columns = (
        ExportColumn(Label("週の初日", "First day"), "date", lambda line: line[0].first),
        ExportColumn(Label("週の末日", "Last day"), "date", lambda line: line[0].last),
        *(
            indicator_column(one, lambda line: line[1])
            for one in (NEW, UNLINKED_CASES, UNLINKED_SHARE)
        ),
    )
    title = "週別の感染者数・アンリンク"
    table = book.report_table("週別", title, columns, lines)
    book.charts_of(table, (Chart("column", title, 0, (2, 3), by_day=False),))
    return len(lines)


_PRESETS: Mapping[str, tuple[Label, Any]] = {
    "all": (Label("すべて", "All"), true),
    "unsurveyed": (
        Label("疫学調査が未実施のもの", "Not surveyed yet"),
        lambda: Case.surveyed_on.is_(None),
    ),
    "placeless": (
        Label("推定感染場所が不明のもの", "Presumed place not known"),
        lambda: or_(Case.infection_place.is_(None), Case.infection_place == "unknown"),
    ),
    "severe": (
        Label("入院中（重症を含む）", "In hospital"),
        lambda: and_(Case.status.in_(("hospitalised", "hospitalised_severe"))),
    ),
}
_SORTS: Mapping[str, tuple[Label, Any]] = {
    "day": (Label("集計する日付順", "Day"), lambda making: (day_of(making.wanted),)),
    "onset": (Label("発症日順", "Onset"), lambda _making: (Case.onset_on,)),
    "place": (
        Label("居住地順", "Residence"),
        lambda making: (Case.municipality_code, day_of(making.wanted)),
    ),
    "age": (Label("年齢順", "Age"), lambda _making: (Case.age_years,)),
}
_SHOWN = (
    "number", "responsible_centre_id", "municipality_code", "age_years", "sex", "occupation",
    "onset_on", "reported_on", "symptoms", "status", "link_known", "travelled",
    "infection_place", "visited_before_onset", "surveyed_on",
)  # fmt: skip
UNLINKED = ReportKind(
    "unlinked",
    Label("感染経路不明者調査票", "Unlinked-case survey"),
    Label(
        "1週間の新規陽性者のうち感染リンクが「無」又は「不明」の人の一覧と、週別の感染者数・アンリンク数。",
        "New cases of a week without a known link with what is known of them, and counts by week.",
    ),
    "week",
    holds_people=True,
    contents=(
        Label("感染経路不明者の一覧", "Cases without a known link"),
        Label("週別の感染者数・アンリンク", "Counts by week"),
    ),
    build=build,
    listing=Listing(
        columns=lambda actor: readable(COLUMNS, actor),
        default=_SHOWN,
        sorts={key: label for key, (label, _keys) in _SORTS.items()},
        presets={key: label for key, (label, _condition) in _PRESETS.items()},
        rows=_rows,
        people_of=people_of,
        notes=(UNLINKED_CASES.sentence,),
        further=_weeks,
    ),
)
