"""``/planning/``: reproduction number, outlook and back-test of the actor's area."""

import io
from typing import Any

from flask import request, send_file
from flask.typing import ResponseReturnValue
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict

from app.audit.reads import record_export
from app.audit.signing import maker_of
from app.core.labels import Label
from app.core.transaction import transaction
from app.generated.arguments import BadArgument, one_of
from app.generated.hooks import signed_in
from app.planning import files, pages, words
from app.planning.asking import (
    ASSUMED,
    PARAMETERS,
    read_assumptions,
    read_period,
    sliders_of,
    stays_typed,
)
from app.planning.assumptions import OUTLOOK_KEYS, Values
from app.planning.outlook import Outlook
from app.planning.situation import Situation, situation_of, year_of_counts
from app.security.actor import Actor
from app.statistics.asking import Question
from app.surge.gate import may_wait

BROKEN = _l("This address is not complete or has a mistake in it.")


class PlanningView(BaseView):
    """Estimates from sums; nothing here reads a case."""

    route_base = "/planning"
    class_permission_name = "planning"
    default_view = "page"

    @expose("/")
    @has_access
    @permission_name("show")
    @may_wait
    def page(self) -> ResponseReturnValue:
        """The reproduction number over time, and the coming days under the assumptions typed."""
        period, question = read_period(request.args, signed_in())
        if question is None:
            return pages.page("planning/outlook.html", period, None, "PlanningView.page"), 400
        situation = situation_of(question)
        form, values = _assumptions(situation)
        shown: dict[str, Any] = {
            "assumptions": form,
            "sliders": sliders_of(form, OUTLOOK_KEYS),
            **pages.place_contents(situation),
            **pages.reproduction_contents(situation),
        }
        if values is not None and not situation.is_empty:
            shown |= pages.outlook_contents(situation, values)
        page = pages.page("planning/outlook.html", period, question, "PlanningView.page", **shown)
        return page, 400 if values is None else 200

    @expose("/download")
    @has_access
    @permission_name("download")
    @may_wait
    def download(self) -> ResponseReturnValue:
        """The same estimates as ``format=xlsx`` or ``csv``; recorded."""
        ending, question = asked_file(request.args, signed_in())
        situation = situation_of(question)
        _form, values = _assumptions(situation)
        if values is None or situation.is_empty:
            raise BadArgument(BROKEN)
        outlook = pages.outlook_from(situation, values, ("admitted", "severe"))
        return send_made(situation, outlook, values, ending, words.OUTLOOK)

    @expose("/backtest")
    @has_access
    @permission_name("show")
    @may_wait
    def backtest(self) -> ResponseReturnValue:
        """How the projection would have fared on the area's own last year."""
        period, question = read_period(request.args, signed_in())
        name = "planning/backtest.html"
        if question is None:
            return pages.page(name, period, None, "PlanningView.backtest"), 400
        situation = situation_of(question)
        first, counts = year_of_counts(question, situation.last, pages.BACKTEST_DAYS)
        shown = pages.place_contents(situation) | pages.backtest_contents(first, counts)
        return pages.page(name, period, question, "PlanningView.backtest", **shown)


def asked_file(
    arguments: MultiDict[str, str], actor: Actor, *, also: frozenset[str] = ASSUMED
) -> tuple[str, Question]:
    """The format and the question of a download.

    Raises:
        BadArgument: there is no such format, or a date needs correcting.
    """
    ending = one_of(arguments, "format", files.FORMATS)
    rest: MultiDict[str, str] = MultiDict(
        (k, v) for k, v in arguments.items(multi=True) if k != "format"
    )
    _form, question = read_period(rest, actor, also=also)
    if ending is None or question is None:
        raise BadArgument(BROKEN)
    return ending, question


def send_made(
    situation: Situation, outlook: Outlook, values: Values, ending: str, title: Label
) -> ResponseReturnValue:
    """The file, recorded as taken out."""
    actor = signed_in()
    by = maker_of(actor)
    content = files.made(situation, outlook, values, ending, title=title, by=by)
    kept = {name: request.args[name] for name in PARAMETERS | {"format"} if name in request.args}
    with transaction():
        record_export(actor, door="planning.download", count=len(outlook.days), filters=kept)
    return send_file(
        io.BytesIO(content),
        mimetype=files.MIMETYPES[ending],
        as_attachment=True,
        download_name=files.file_name(situation, title, ending),
    )


def _assumptions(situation: Situation) -> tuple[FlaskForm, Values | None]:
    shares = situation.shares(stays_typed(request.args))
    return read_assumptions(request.args, OUTLOOK_KEYS, shares)
