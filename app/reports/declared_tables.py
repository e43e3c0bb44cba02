"""Tables of what hospitals and headquarters declare: beds, tests and calls."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from app.coordination.bed_figures import BedSums, bed_lines
from app.coordination.models import BedReport
from app.core.db import db
from app.core.items import item_of
from app.core.labels import Label
from app.exports.tables import ExportColumn
from app.publication.models import WHOLE_PREFECTURE, AreaCount
from app.reports.book import Chart
from app.reports.figure_tables import DATE, Table, ratio_column
from app.statistics import derived
from app.statistics.areas import Area
from app.statistics.stages import SEVERE_BED_USE

BEDS = ("total", "usable", "occupied", "severe_total", "severe_usable", "severe_occupied")
TESTS = ("people_tested", "tests", "positives", "negatives", "cleared", "calls")


def beds(area: Area, on: date, *, name: str, title: str) -> Table | None:
    """What each hospital declared last, as far as it still counts on a day; None where the reader
    has none."""
    rows = sorted(bed_lines(area.spot, on), key=lambda line: line.code)
    if not rows:
        return None
    columns = (
        ExportColumn(Label("医療機関", "Hospital"), "text", lambda line: line.name),
        ExportColumn(Label("申告日", "Declared for"), "date", lambda line: line.declared_on),
        *(_item_column(BedReport, one, lambda line: line.sums) for one in BEDS),
        ratio_column(derived.BED_USE, lambda line: _use(line.sums, "")),
        ratio_column(SEVERE_BED_USE, lambda line: _use(line.sums, "severe_")),
    )
    chart = Chart("column", "確保病床と入院者", 0, (2, 4))
    return Table(name, title, columns, rows, charts=(chart,))


def tests(area: Area, first: date, last: date, *, name: str, title: str) -> Table | None:
    """Tests and calls day by day, as headquarters entered them; None where there are none."""
    statement = select(AreaCount).where(
        AreaCount.counted_on.between(first - timedelta(days=6), last),
        AreaCount.authority_id == (area.authority_id or WHOLE_PREFECTURE),
    )
    if area.authority_id is None:
        statement = statement.where(AreaCount.prefecture_code == area.prefecture_code)
    found = db.session.scalars(statement.order_by(AreaCount.counted_on)).all()
    shown = [row for row in found if row.counted_on >= first]
    if not shown:
        return None
    rates = {row.counted_on: _positivity(found, row.counted_on) for row in shown}
    columns = (
        ExportColumn(DATE, "date", lambda row: row.counted_on),
        *(_item_column(AreaCount, one, lambda row: row) for one in TESTS),
        ratio_column(derived.POSITIVITY, lambda row: rates[row.counted_on]),
    )
    chart = Chart("line", str(derived.POSITIVITY.label), 0, (len(TESTS) + 1,))
    return Table(name, title, columns, shown, charts=(chart,))


def _item_column(model: type[Any], name: str, record_of: Any) -> ExportColumn:
    declared = item_of(model, name)
    return ExportColumn(
        declared.label, "integer", lambda row: getattr(record_of(row), name), declared.source
    )


def _use(sums: BedSums, kind: str) -> float | None:
    return derived.bed_use(getattr(sums, f"{kind}occupied"), getattr(sums, f"{kind}total"))


def _positivity(rows: Any, day: date) -> float | None:
    week = [row for row in rows if day - timedelta(days=6) <= row.counted_on <= day]
    return derived.positivity([row.positives for row in week], [row.negatives for row in week])
