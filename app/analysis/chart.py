"""The table drawn: groups of columns by item, lines over time. The table itself stands above."""

from flask_babel import gettext as _
from markupsafe import Markup

from app.analysis.axes import is_by_time
from app.analysis.buckets import days_of
from app.analysis.dimensions import dimensions
from app.analysis.table import Table
from app.analysis.words import TOTAL
from app.core.charts import Axis, Group, Point, Series, group_chart, line_chart, responsive

MOST_GROUPS = 40
MOST_SERIES = 6
STEP_DAYS = {"day": 1, "week": 7, "month": 31}
CHART_WIDTH = 1180


def chart_of(table: Table) -> Markup | None:
    """The picture; None for tables that would make an unreadable one."""
    if len(table.question.columns) > 1 or not table.rows or len(table.question.rows) > 1:
        return None
    if is_by_time(table.question):
        return responsive(lambda width: _lines(table, width), wide=CHART_WIDTH)
    if len(table.rows) > MOST_GROUPS:
        return None
    return responsive(lambda width: _groups(table, width), wide=CHART_WIDTH)


def _series(table: Table) -> list[tuple[str, int]]:
    """(words, column) of the largest columns; without columns the total's."""
    if not table.has_columns:
        return [(str(TOTAL), len(table.columns))]
    last = len(table.rows)
    there = [column for column in range(len(table.columns)) if _has_anything(table, column)]
    by_size = sorted(there, key=lambda column: -(table.cells[last, column].value or 0))
    shown = sorted(by_size[:MOST_SERIES])
    return [(table.columns[column].heading, column) for column in shown]


def _has_anything(table: Table, column: int) -> bool:
    return any(table.cells[row, column].value for row in range(len(table.rows)))


def _description(table: Table) -> str:
    left_out = len(table.columns) - MOST_SERIES if table.has_columns else 0
    if left_out > 0:
        return _("The largest %(number)s columns of the table.", number=MOST_SERIES)
    return _("The numbers of the table. Hidden ones are missing.")


def _groups(table: Table, width: int) -> Markup:
    series = _series(table)
    groups = [
        Group(
            table.rows[row].heading,
            tuple(table.cells[row, column].value for _words, column in series),
        )
        for row in table.order
    ]
    return group_chart(
        groups,
        labels=[words for words, _column in series],
        key=f"analysis-{width}",
        title=str(table.measure.label),
        description=_description(table),
        decimals=table.decimals,
        width=width,
    )


def _lines(table: Table, width: int) -> Markup:
    kind = dimensions()[table.question.rows[0]].kind
    dated = [
        (number, days_of(kind, line.key[0]))
        for number, line in enumerate(table.rows)
        if line.key[0] is not None
    ]
    dated.sort(key=lambda one: one[1])
    series = []
    for words, column in _series(table):
        points = [
            Point(first, float(value))
            for row, (first, _last) in dated
            if (value := table.cells[row, column].value) is not None
        ]
        series.append(Series(words, points, every=STEP_DAYS[kind]))
    days = [first for _row, (first, _last) in dated]
    return line_chart(
        series,
        key=f"analysis-{width}",
        title=str(table.measure.label),
        description=_description(table),
        first=min(days, default=table.question.first),
        last=max(days, default=table.question.last),
        axes=[Axis("", minimum=0, decimals=table.decimals)],
        width=width,
    )
