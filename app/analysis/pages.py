"""What the template of the analysis page is given: plain words and numbers."""

from dataclasses import dataclass, replace
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.analysis import files, service
from app.analysis.asking import Asked, address
from app.analysis.axes import Line
from app.analysis.chart import chart_of
from app.analysis.codes import SHARING
from app.analysis.dimensions import dimensions
from app.analysis.drill import case_link
from app.analysis.question import Question
from app.analysis.reach import Reach
from app.analysis.table import Cell, Table
from app.analysis.words import HIDDEN, TOTAL, WHOLE, measured_words, notes_of
from app.core.dates import format_instant
from app.core.pages import Action
from app.generated.hooks import may

_BROKEN = _l("This address is not complete or has a mistake in it.")


@dataclass(frozen=True, slots=True)
class Shown:
    """A cell as the page shows it."""

    text: str
    label: str
    heat: int = 0
    url: str | None = None
    is_hidden: bool = False


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row: its words, one per dimension, and its cells, total last."""

    words: tuple[str, ...]
    cells: tuple[Shown, ...]
    repeats: bool = False
    """The first word is that of the row above."""


def contents_of(table: Table | None, reach: Reach) -> dict[str, Any]:
    """Everything below the form that is about the table."""
    if table is None:
        return {"table": None}
    links = not reach.sums_only
    lines = [_row(table, row, table.rows[row], links) for row in table.order]
    lines = [
        replace(line, repeats=place > 0 and lines[place - 1].words[0] == line.words[0])
        for place, line in enumerate(lines)
    ]
    total = _row(table, len(table.rows), None, links)
    headings = [line.heading for line in table.columns] if table.has_columns else []
    return {
        "table": table,
        "measured": measured_words(table),
        "row_headings": [dimensions()[key].label for key in table.question.rows],
        "column_heading": "／".join(dimensions()[key].label for key in table.question.columns),
        "headings": [*headings, str(TOTAL if headings else table.measure.label)],
        "lines": lines,
        "total": total,
        "notes": notes_of(table),
        "hidden_word": str(HIDDEN),
        "chart": chart_of(table),
        "actions": _downloads(table.question),
    }


def _row(table: Table, number: int, line: Line | None, links: bool) -> ShownRow:
    columns: list[Line | None] = [*(table.columns if table.has_columns else ()), None]
    cells = zip(columns, table.line(number), strict=True)
    shown = [_shown(table, cell, line, column, links=links) for column, cell in cells]
    return ShownRow(line.words if line else (str(TOTAL),), tuple(shown))


def _shown(
    table: Table, cell: Cell, row: Line | None, column: Line | None, *, links: bool
) -> Shown:
    label = column.heading if column is not None else str(TOTAL if table.has_columns else WHOLE)
    if cell.is_hidden:
        return Shown(str(HIDDEN), label, is_hidden=True)
    if cell.value is None:
        return Shown("–", label)
    text = f"{cell.value:,.{table.decimals}f}"
    # Nothing hangs behind a zero.
    url = case_link(table, row, column) if links and cell.value else None
    return Shown(text, label, cell.heat, url)


def filter_groups_of(asked: Asked) -> list[tuple[str, list[Any], int]]:
    """(section, fields, how many are narrowed), fields of one item's values."""
    groups: dict[str, list[Any]] = {}
    for dimension, name in asked.filters:
        field = asked.form[name]
        if list(field.iter_choices()):
            groups.setdefault(str(dimension.item.section.label), []).append(field)
    return [
        (section, fields, sum(bool(one.data) for one in fields))
        for section, fields in groups.items()
    ]


def saved_of(reach: Reach) -> list[dict[str, Any]]:
    """The saved questions that exist for the reader, with their addresses."""
    return [
        {
            "name": one.name,
            "url": url_for("AnalysisView.saved", pk=one.id),
            "sharing": SHARING.label(one.sharing),
            "owner": one.owner,
            "saved_at": format_instant(one.saved_at),
            "remove_url": (
                url_for("AnalysisView.remove", pk=one.id)
                if one.user_id == reach.actor.user_id and may("save", "analysis")
                else None
            ),
        }
        for one in service.saved_analyses()
    ]


def _downloads(question: Question) -> tuple[Action, ...]:
    if not may("download", "analysis"):
        return ()
    words = {"xlsx": _("Excel"), "csv": _("CSV"), "csv-cp932": _("CSV (Shift_JIS)")}
    return tuple(
        Action(
            words[ending],
            address(question, "AnalysisView.download", format=ending),
            icon="download",
        )
        for ending in files.FORMATS
    )
