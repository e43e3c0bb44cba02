"""The statistics page: figures by place and day, drilled down, taken out as a file."""

import io
from dataclasses import dataclass, replace
from typing import Any

from flask import render_template, request, send_file
from flask.typing import ResponseReturnValue
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from markupsafe import Markup
from werkzeug.datastructures import MultiDict

from app.audit.reads import record_export
from app.audit.signing import maker_of
from app.core.charts import BarSeries, bar_chart, responsive
from app.core.dates import format_date
from app.core.pages import Action, Crumb
from app.core.transaction import transaction
from app.generated.arguments import BadArgument, one_of
from app.generated.hooks import may, signed_in
from app.statistics import files
from app.statistics.areas import Standing, is_within, moves_of, standing_of
from app.statistics.asking import (
    LEVELS,
    PARAMETERS,
    Question,
    other_bases,
    presets,
    read_question,
)
from app.statistics.day_pages import PAGE, day_page
from app.statistics.definitions import (
    CUMULATIVE,
    DIED_TOTAL,
    DISCHARGED_TOTAL,
    INDICATORS,
    NEW,
    NOTES,
    STOCK_INDICATORS,
    TABLE_INDICATORS,
    Indicator,
)
from app.statistics.drill import case_links, deeper_link
from app.statistics.measures import BASIS
from app.statistics.queries import Figures, RollupRow, days_of, new_by_day, rollup, total_of
from app.surge.gate import may_wait

FORMATS = ("xlsx", "csv")
CHART_WIDTH = 1180
"""The curve as wide as its card on a desk, in pixels."""
MEAN_BEFORE = 6
MIMETYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A number as the page shows it."""

    text: str
    url: str | None
    label: str
    is_zero: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the table."""

    name: str
    url: str | None
    cells: tuple[Shown, ...]


class StatisticsView(BaseView):
    """Figures without identity; rows only where the role may list cases."""

    route_base = "/statistics"
    class_permission_name = "statistics"
    default_view = "page"

    @expose("/")
    @has_access
    @permission_name("show")
    @may_wait
    def page(self) -> ResponseReturnValue:
        """The figures of the actor's area, or of a place inside it."""
        form, question = read_question(request.args, signed_in(), further=(PAGE,))
        if question is None:
            return _answer(form, None, {}), 400
        return _answer(form, question, _contents(question))

    @expose("/download")
    @has_access
    @permission_name("download")
    @may_wait
    def download(self) -> ResponseReturnValue:
        """The same figures as ``format=xlsx`` or ``csv``."""
        actor = signed_in()
        rest = MultiDict((k, v) for k, v in request.args.items(multi=True) if k != "format")
        _form, question = read_question(rest, actor)
        ending = one_of(request.args, "format", FORMATS)
        if question is None or ending is None:
            raise BadArgument(_("This address is not complete or has a mistake in it."))
        place = standing_of(question.asked.area)
        rows = _rows(question, place)
        if ending == "csv":
            content = files.csv_file(question, rows)
        else:
            curve = [] if question.level == "day" else new_by_day(question.asked)
            by = maker_of(actor)
            content = files.workbook(question, rows, curve, place=place.name, by=by)
        with transaction():
            door = "statistics.download"
            record_export(actor, door=door, count=len(rows), filters=_recorded())
        return send_file(
            io.BytesIO(content),
            mimetype=MIMETYPES[ending],
            as_attachment=True,
            download_name=files.file_name(question, place.name, ending),
            max_age=0,
        )


def _answer(form: FlaskForm, question: Question | None, contents: dict[str, Any]) -> str:
    return render_template(
        "statistics/statistics.html",
        title=_("Statistics"),
        form=form,
        question=question,
        indicators=INDICATORS,
        notes=NOTES,
        **contents,
    )


def _contents(question: Question) -> dict[str, Any]:
    """Everything below the form."""
    place = standing_of(question.asked.area)
    rows = _rows(question, place)
    total = _total(question, rows, place)
    by_day = question.level == "day"
    days = day_page(question, rows, request.args)
    # The mean of the first days needs those before them.
    wider = new_by_day(question.asked, before=MEAN_BEFORE)
    curve = wider[MEAN_BEFORE:]
    return {
        "place": place.name,
        "crumbs": _crumbs(question, place),
        "conditions": files.conditions(question, place.name),
        "presets": presets(question),
        "headings": TABLE_INDICATORS,
        "lines": [_line(question, row) for row in (days.rows if days else rows)],
        "day_page": days,
        "total": _cells(total, case_links(question, None), TABLE_INDICATORS),
        "standing": _standing(question, total),
        "no_places": total.has_no_places,
        "undated": total.undated,
        "undated_total": total.undated_total,
        "other_bases": other_bases(question.asked.basis, question.address),
        "moves": _moves(question),
        "last": format_date(question.asked.last),
        "basis": BASIS[question.asked.basis].label,
        "level": LEVELS[question.level],
        "by_day": by_day,
        "is_empty": not any((total.new, total.cumulative, total.undated, *total.stocks.values())),
        "chart": _chart(question, place, wider),
        "days": []
        if by_day
        else list(zip(map(format_date, days_of(question.asked)), curve, strict=True)),
        "actions": _downloads(question),
    }


def _rows(question: Question, place: Standing) -> tuple[RollupRow, ...]:
    rows = rollup(question.level, question.asked)
    if question.level == "day":
        for row in rows:
            row.figures.population = place.population
    return rows


def _total(question: Question, rows: tuple[RollupRow, ...], place: Standing) -> Figures:
    """The sum; over days the flows are summed and the last day says where people are."""
    total = total_of(rows, population=place.population)
    if question.level == "day":
        last = rows[-1].figures
        total.stocks, total.cumulative = dict(last.stocks), last.cumulative
        total.undated_total = last.undated_total
        total.discharged_total, total.died_total = last.discharged_total, last.died_total
    return total


def _line(question: Question, row: RollupRow) -> Line:
    name = format_date(row.key) if question.level == "day" else row.name  # type: ignore[arg-type]
    cells = _cells(row.figures, case_links(question, row), TABLE_INDICATORS)
    return Line(name, deeper_link(question, row), cells)


def _cells(
    figures: Figures, links: dict[str, str], indicators: tuple[Indicator, ...]
) -> tuple[Shown, ...]:
    return tuple(_shown(one, figures, links) for one in indicators)


def _shown(indicator: Indicator, figures: Figures, links: dict[str, str]) -> Shown:
    value = indicator.value(figures)
    text = "" if value is None else f"{value:,.{indicator.decimals or 0}f}"
    # Nothing hangs behind a zero.
    url = links.get(indicator.key) if value else None
    return Shown(text, url, str(indicator.label), not value and indicator is not NEW)


def _standing(question: Question, total: Figures) -> tuple[Shown, ...]:
    links = case_links(question, None)
    new = _shown(NEW, total, links)
    shown = (CUMULATIVE, *STOCK_INDICATORS, DISCHARGED_TOTAL, DIED_TOTAL)
    named = replace(new, label=_("%(figure)s (in the period)", figure=new.label))
    return (named, *_cells(total, links, shown))


def _crumbs(question: Question, place: Standing) -> tuple[Crumb, ...]:
    """The areas above that the actor may open, down to the place itself."""
    above = [
        Crumb(name, question.address_of_area(area, area.finest_level))
        for name, area in place.above
        if is_within(question.own, area)
    ]
    return (*above, Crumb(place.name))


def _moves(question: Question) -> list[str]:
    """In words: how a health centre changed its authority within the period."""
    asked = question.asked
    if asked.area.centre_id is None:
        return []
    return [
        _(
            "Since %(day)s the health centre has belonged to %(authority)s. Cases notified before "
            "are counted at the authority it had then.",
            authority=move.to,
            day=format_date(move.on),
        )
        for move in moves_of(asked.area.centre_id, asked.first, asked.last)
    ]


def _chart(question: Question, place: Standing, wider: list[int]) -> Markup:
    basis = BASIS[question.asked.basis].label
    title = _("New cases by day, %(place)s", place=place.name)
    first, last = question.asked.first, question.asked.last
    description = _(
        "%(basis)s, %(first)s to %(last)s; columns are days, the line is the mean of 7 days.",
        basis=basis,
        first=format_date(first),
        last=format_date(last),
    )

    def draw(width: int) -> Markup:
        return bar_chart(
            [BarSeries(str(NEW.label), wider[MEAN_BEFORE:])],
            key=f"curve-{width}",
            title=title,
            description=description,
            first=first,
            before=wider[:MEAN_BEFORE],
            width=width,
        )

    return responsive(draw, wide=CHART_WIDTH)


def _downloads(question: Question) -> tuple[Action, ...]:
    if not may("download", "statistics"):
        return ()
    words = {"xlsx": _("Excel"), "csv": _("CSV")}
    return tuple(
        Action(
            words[ending],
            question.address("StatisticsView.download", format=ending),
            icon="download",
        )
        for ending in FORMATS
    )


def _recorded() -> dict[str, str]:
    return {name: request.args[name] for name in PARAMETERS | {"format"} if name in request.args}
