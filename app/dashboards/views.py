"""``/dashboards/``: the figures of an area as pictures, with their tables and files."""

import io
from collections.abc import Sequence
from typing import Any

from flask import make_response, render_template, request, send_file
from flask.typing import ResponseReturnValue
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict

from app.audit.reads import record_export
from app.audit.signing import maker_of
from app.core.dates import format_date
from app.core.labels import Label
from app.core.pages import Action, Crumb
from app.core.transaction import transaction
from app.dashboards import files
from app.dashboards.asking import PARAMETERS, Question, presets, read_question
from app.dashboards.panel import Panel
from app.dashboards.panels import PANELS, further, panels
from app.dashboards.source import Source
from app.generated.arguments import BadArgument, one_of, only_known
from app.generated.hooks import may, signed_in
from app.statistics import derived
from app.statistics.areas import Standing, is_within
from app.statistics.asking import other_bases
from app.statistics.care import IN_CARE
from app.statistics.definitions import NOTES, PEOPLE, STOCK_INDICATORS
from app.statistics.measures import BASIS, undated
from app.surge.gate import may_wait

DASHBOARD = Label("ダッシュボード", "Dashboard")
_BROKEN = _l("This address is not complete or has a mistake in it.")
_WORDS: dict[files.Format, str] = {
    "xlsx": "Excel",
    "csv": "CSV (UTF-8)",
    "csv-cp932": "CSV (Shift_JIS)",
}


class DashboardView(BaseView):
    """Figures without identity: only sums, of the actor's own area."""

    route_base = "/dashboards"
    class_permission_name = "statistics"
    default_view = "page"

    @expose("/")
    @has_access
    @permission_name("show")
    @may_wait
    def page(self) -> ResponseReturnValue:
        """Every panel of an area."""
        form, question, standing = read_question(request.args, signed_in())
        if question is None:
            return _answer(form, None, standing, {}), 422
        source = Source(question)
        shown = panels(source)
        contents = {
            "panels": shown,
            "figures": _figures(source),
            "crumbs": _crumbs(question),
            "conditions": files.conditions(question),
            "presets": presets(question),
            **_undated(source),
            "no_population": source.no_population,
            "further": further(question),
            "actions_of": {one.key: _downloads(question, one) for one in shown},
        }
        return _answer(form, question, standing, contents)

    @expose("/picture")
    @has_access
    @permission_name("download")
    @may_wait
    def picture(self) -> ResponseReturnValue:
        """One picture as SVG; recorded."""
        question, panel = _panel_asked(("panel",))
        if panel.draw is None:
            raise BadArgument(_BROKEN)
        _record("dashboard.picture", panel)
        response = make_response(files.picture(panel))
        response.headers["Content-Type"] = "image/svg+xml; charset=utf-8"
        name = files.file_name(panel, question, "svg")
        response.headers.set("Content-Disposition", "attachment", filename=name)
        return response

    @expose("/data")
    @has_access
    @permission_name("download")
    @may_wait
    def data(self) -> ResponseReturnValue:
        """One table as ``format=xlsx``, ``csv`` or ``csv-cp932``; recorded."""
        actor = signed_in()
        question, panel = _panel_asked(("panel", "format"))
        asked = one_of(request.args, "format", files.FORMATS)
        ending = next((one for one in files.FORMATS if one == asked), None)
        if ending is None:
            raise BadArgument(_BROKEN)
        by = maker_of(actor)
        content = files.made(panel, question, ending, by=by)
        _record("dashboard.data", panel)
        suffix = "xlsx" if ending == "xlsx" else "csv"
        return send_file(
            io.BytesIO(content),
            mimetype=files.MIMETYPES[ending],
            as_attachment=True,
            download_name=files.file_name(panel, question, suffix),
            max_age=0,
        )


def _panel_asked(names: Sequence[str]) -> tuple[Question, Panel]:
    """The question of the address and the one panel of it."""
    only_known(request.args, PARAMETERS | set(names))
    rest = MultiDict((k, v) for k, v in request.args.items(multi=True) if k not in names)
    _form, question, _standing = read_question(rest, signed_in())
    key = one_of(request.args, "panel", tuple(PANELS))
    panel = PANELS[key](Source(question)) if question is not None and key else None
    if question is None or panel is None:
        raise BadArgument(_BROKEN)
    return question, panel


def _record(door: str, panel: Panel) -> None:
    known = PARAMETERS | {"panel", "format"}
    filters = {name: value for name, value in request.args.items() if name in known}
    with transaction():
        record_export(signed_in(), door=door, count=len(panel.rows), filters=filters)


def _answer(
    form: FlaskForm, question: Question | None, standing: Standing, contents: dict[str, Any]
) -> str:
    return render_template(
        "dashboards/dashboard.html",
        title=f"{DASHBOARD} {standing.name}",
        form=form,
        question=question,
        notes=NOTES,
        **contents,
    )


def _figures(source: Source) -> list[tuple[str, str, str]]:
    """(label, number, unit) of what is asked for first."""
    asked = source.question
    stocks = source.stocks(asked.last)
    beds = source.beds
    found: list[tuple[object, float | None, int, object]] = [
        (_("New, 7 days"), source.week, 0, PEOPLE),
        (
            derived.WEEK_PER_100K.label,
            derived.per_100k(source.week, asked.standing.population),
            2,
            "",
        ),
        (
            derived.WEEK_RATIO.label,
            derived.share(source.week, source.week_before),
            2,
            derived.RATIO,
        ),
        (IN_CARE.label, source.in_care(asked.last), 0, PEOPLE),
        (STOCK_INDICATORS[0].label, None if stocks is None else stocks["in_hospital"], 0, PEOPLE),
        (STOCK_INDICATORS[1].label, None if stocks is None else stocks["severe"], 0, PEOPLE),
        (derived.BED_USE.label, derived.bed_use(beds.occupied, beds.total), 1, "%"),
    ]
    return [
        (str(label), "－" if value is None else f"{value:,.{decimals}f}", str(unit))
        for label, value, decimals, unit in found
    ]


def _undated(source: Source) -> dict[str, Any]:
    """Who is in no column, and the other dates to count by.

    Beneath the curve it is said anyway; here as well, where the curve shows the smaller part.
    """
    asked = source.question
    measure = undated(asked.basis)
    missing = sum(source.sums.flow(measure, asked.first, asked.last))
    return {
        "undated": missing if missing > sum(source.sums.new(asked.first, asked.last)) else 0,
        "undated_total": source.sums.until(measure, asked.last),
        "basis": BASIS[asked.basis].label,
        "last": format_date(asked.last),
        "other_bases": other_bases(asked.basis, asked.address),
    }


def _crumbs(question: Question) -> tuple[Crumb, ...]:
    """The areas above that the actor may open, down to the place itself."""
    above = [
        Crumb(name, question.address_of_area(area))
        for name, area in question.standing.above
        if is_within(question.own, area)
    ]
    return (*above, Crumb(question.standing.name))


def _downloads(question: Question, panel: Panel) -> list[Action]:
    if not may("download", "statistics") or panel.lacking:
        return []
    found = []
    if panel.draw is not None:
        address = question.address("DashboardView.picture", panel=panel.key)
        found.append(Action(_("Picture (SVG)"), address, icon="download"))
    for ending, words in _WORDS.items():
        address = question.address("DashboardView.data", panel=panel.key, format=ending)
        found.append(Action(words, address, icon="download"))
    return found
