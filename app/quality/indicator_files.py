"""The indicators as a workbook: by place, by week, by item."""

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from flask_babel import gettext as _

from app.cases.models import Case
from app.core import clock
from app.core.dates import format_date
from app.core.items import item_of
from app.core.labels import Label
from app.exports.excel import ExcelBook, write_cover
from app.exports.tables import Columns, Cover, ExportColumn
from app.quality.codes import INDICATORS
from app.quality.measures import COMPLETED, DELAYS, Indicators, Measured

NOTES = (
    Label(
        "診断年月日が期間内にある、受理済み（又は保健所が登録した）患者を数えています。",
        "Counted: accepted cases (or those a health centre entered) diagnosed in the period.",
    ),
    Label(
        "日数は中央値と90パーセンタイル値です。負の日数と120日を超えるものは入力誤りとみなし、"
        "除いています。",
        "Days are the median and the 90th percentile; negative ones and more than 120 are slips"
        " and left out.",
    ),
    Label(
        "発病年月日・症状の充足率は患者（確定例）を分母としています。",
        "Completeness of onset and symptoms is of confirmed patients.",
    ),
    Label(
        "指摘件数には「確認済み（このままで正しい）」としたものを含みません。",
        "Findings that were checked and correct are not counted.",
    ),
)
Row = tuple[Any, Measured]


def workbook(found: Indicators, *, place: Label, by: str) -> bytes:
    """Cover and three tables; the weeks with a chart Excel draws itself."""
    columns = Columns((_key(place), *_figures()))
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "quality.xlsx"
        with ExcelBook(path) as book:
            front = book.sheet(_("Cover"))
            rows: Sequence[Row] = [*found.places.items(), (_("All"), found.total)]
            _table(book, str(place), columns.written, rows)
            by_week = (_key(Label("週（月曜日）", "Week (Monday)"), "date"), *_delays())
            weeks = _table(book, _("By week"), by_week, list(found.weeks.items()))
            medians = [1 + 2 * number for number in range(len(DELAYS))]
            title = _("Median delays by week (days)")
            book.chart(weeks, kind="line", title=title, category=0, series=medians, at="L2")
            _table(book, _("Completeness"), (_key(place), *_items()), rows)
            write_cover(book, front, _cover(found, by), columns, len(found.places))
        return path.read_bytes()


def _table(book: ExcelBook, name: str, columns: Sequence[ExportColumn], rows: Sequence[Row]) -> Any:
    table = book.table(name, columns)
    for row in rows:
        table.append(row)
    table.finish()
    return table


def _key(label: Label, kind: Any = "text") -> ExportColumn:
    return ExportColumn(label, kind, lambda row: row[0])


def _figures() -> tuple[ExportColumn, ...]:
    return (
        ExportColumn(Label("患者数", "Cases"), "integer", lambda row: row[1].cases),
        _share(Label("充足率（％）", "Completeness (%)"), lambda m: m.all_completeness),
        *_delays(),
        _share(Label("代行入力の割合（％）", "Typed for others (%)"), lambda m: m.share_on_behalf),
        _share(
            Label("患者100人あたりの指摘件数", "Findings per 100 cases"),
            lambda m: m.findings_per_100,
        ),
        ExportColumn(
            Label("未処理の指摘件数", "Open findings"), "integer", lambda row: row[1].open_findings
        ),
    )


def _delays() -> tuple[ExportColumn, ...]:
    columns: list[ExportColumn] = []
    for delay in DELAYS:
        ja, en = delay.label.ja, delay.label.en
        columns.append(_days(Label(f"{ja} 中央値", f"{en}, median"), Measured.median, delay.key))
        columns.append(_days(Label(f"{ja} 90％", f"{en}, 90 %"), Measured.ninetieth, delay.key))
    return tuple(columns)


def _days(label: Label, taken: Callable[[Measured, str], int | None], key: str) -> ExportColumn:
    return ExportColumn(label, "integer", lambda row: taken(row[1], key))


def _items() -> tuple[ExportColumn, ...]:
    return tuple(
        _share(item_of(Case, name).label, lambda m, name=name: m.completeness(name))
        for name in COMPLETED
    )


def _share(label: Label, value: Any) -> ExportColumn:
    def rounded(row: Row) -> float | None:
        found = value(row[1])
        return None if found is None else round(found, 1)

    return ExportColumn(label, "decimal", rounded)


def _cover(found: Indicators, by: str) -> Cover:
    period = f"{format_date(found.first)}–{format_date(found.last)}"
    return Cover(
        title=str(INDICATORS),
        requested_by=by,
        data_at=clock.now(),
        conditions=[(_("Period"), period)],
        notes=[str(note) for note in NOTES],
    )
