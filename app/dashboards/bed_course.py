"""Use of beds over the period, from the declarations that were in force on each day."""

from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup

from app.coordination.bed_figures import VALID_DAYS
from app.core.charts import Axis, Point, Series, line_chart
from app.core.labels import Label
from app.dashboards.beds import OCCUPIED, SECURED, SEVERE_USE, USE_SHARE
from app.dashboards.panel import Heading, Panel
from app.dashboards.rules import step_of
from app.dashboards.source import Source
from app.statistics import derived
from app.statistics.areas import Area
from app.statistics.stages import SEVERE_BED_USE

HOSPITALS = Label("申告した医療機関", "Hospitals that declared")


def bed_course(source: Source) -> Panel:
    """Beds secured and occupied, and their use, over the period."""
    asked = source.question
    days = (asked.last - asked.first).days + 1
    step = step_of(days, is_country=asked.area == Area())
    found = source.beds_on_days
    title = _("Use of beds over time, %(place)s", place=asked.standing.name)
    headings = (
        Heading(_("Day"), "date"),
        Heading(HOSPITALS),
        Heading(SECURED),
        Heading(OCCUPIED),
        Heading(USE_SHARE, "decimal", 1, definition=str(derived.BED_USE.sentence)),
        Heading(SEVERE_USE, "decimal", 1, definition=str(SEVERE_BED_USE.sentence)),
    )
    if not found:
        words = _("No hospital of the area declared its beds in this period.")
        return Panel("bed_course", title, headings, (), lacking=words)
    rows: list[tuple[Any, ...]] = [
        (
            day,
            one.hospitals,
            one.total,
            one.occupied,
            derived.bed_use(one.occupied, one.total),
            derived.bed_use(one.severe_occupied, one.severe_total),
        )
        for day, one in sorted(found.items())
    ]

    def draw(width: int) -> Markup:
        lines = ((USE_SHARE, 4), (SEVERE_USE, 5))
        return line_chart(
            [
                Series(
                    str(label),
                    [Point(row[0], row[at]) for row in rows if row[at] is not None],
                    every=step,
                )
                for label, at in lines
            ],
            key=f"bed_course-{width}",
            title=title,
            description=_("Lines: share of the secured beds that are occupied, all and severe."),
            first=asked.first,
            last=asked.last,
            axes=[Axis(str(USE_SHARE), minimum=0, decimals=1)],
            width=width,
        )

    return Panel("bed_course", title, headings, rows, draw, _notes(step))


def _notes(step: int) -> tuple[str, ...]:
    said = _(
        "Each point sums what hospitals had declared last within the %(days)s days up to it; days "
        "without a declaration are left out.",
        days=VALID_DAYS,
    )
    rooms = _(
        "Rooms of hotels are kept as they are now and have no past; people in hotels stand under "
        "the places of care."
    )
    if step == 1:
        return said, rooms
    return said, _("A point for every %(days)s days.", days=step), rooms
