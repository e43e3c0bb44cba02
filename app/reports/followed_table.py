"""Who is followed now, for the daily workbook: two numbers with their definitions."""

from app.core.labels import Label
from app.exports.tables import ExportColumn
from app.reports.figure_tables import Table
from app.security.actor import Actor
from app.statistics import care_queries
from app.statistics.areas import Area
from app.statistics.care import CONTACTS_OBSERVED, NON_REPORTERS


def followed(area: Area, *, by: Actor, name: str, title: str) -> Table:
    """Contacts under observation and people whose report is overdue, when the book is made.

    Raises:
        NotVisible: an area outside the actor's own.
    """
    observed, overdue = care_queries.followed(area, by=by)
    lines = ((CONTACTS_OBSERVED, observed), (NON_REPORTERS, overdue))
    columns = (
        ExportColumn(Label("指標", "Indicator"), "text", lambda line: str(line[0].label)),
        ExportColumn(Label("人数", "People"), "integer", lambda line: line[1]),
        ExportColumn(
            Label("定義", "Definition"),
            "text",
            lambda line: f"{line[0].sentence}（{line[0].formula}）",
        ),
    )
    return Table(name, title, columns, lines, widths={"指標": 28, "定義": 76})
