"""The record of looks: what did this user look at, who looked at this case, what happened that day."""

from datetime import datetime
from typing import Any

from flask import render_template, request, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from app.audit.models import ReadEntry
from app.audit.reads import record_list, record_print
from app.core.pages import Action, Crumb
from app.exports.service import request_export
from app.generated.arguments import BadArgument, only_known, pack_cursor, read_cursor, record_key
from app.generated.hooks import may, signed_in
from app.looks.exporting import TITLE, parameters_of
from app.looks.forms import PARAMETERS, looks_form, read_question
from app.looks.queries import Asked, page_of
from app.looks.wording import look_rows

ORDER = "looks:-"
Page = Response | str | tuple[str, int]


class LookView(BaseView):
    """``/looks``: 閲覧記録 of the users one oversees."""

    route_base = "/looks"
    class_permission_name = "look"
    default_view = "list"

    @expose("/", methods=["GET"])
    @has_access
    @permission_name("list")
    def list(self) -> Page:
        """By user, by day, by case: newest first. Asking is a look itself."""
        actor = signed_in()
        only_known(request.args, {*PARAMETERS, "after"})
        form = looks_form(request.args, actor)
        asked = read_question(form, actor)
        if asked is None:
            return _page(form, None, [], None), 422
        entries, more = page_of(asked, place_of(request.args))
        about = asked.person_id
        rows = look_rows(entries, actor, about=about)
        record_list(
            actor,
            door="looks.list",
            people={about} if about else {r.person_id for r in rows if r.person_id},
            filters=parameters_of(asked) | {"entries": len(entries)},
        )
        older = None
        if more:
            kept: dict[str, Any] = {k: v for k, v in request.args.items() if k != "after" and v}
            older = url_for(".list", **kept, after=cursor_of(entries[-1]))
        return _page(form, asked, rows, older)

    @expose("/export", methods=["POST"])
    @has_access
    @permission_name("export")
    def export(self) -> Response:
        """The same question as a file, made by a job."""
        actor = signed_in()
        only_known(request.args, PARAMETERS)
        asked = read_question(looks_form(request.args, actor), actor)
        if asked is None:
            raise BadArgument(_("This address is not complete or has a mistake in it."))
        job = request_export("look", by=actor, title=str(TITLE), filters=parameters_of(asked))
        return redirect(url_for("JobView.show", job_id=job.id), 303)

    @expose("/number", methods=["GET"])
    @has_access
    @permission_name("number")
    def number(self) -> Response:
        """From a case number to the looks at it."""
        only_known(request.args, {"number"})
        return redirect(url_for(".list", number=request.args.get("number", "")), 303)

    @expose("/printed", methods=["POST"])
    def printed(self) -> Response:
        """The page of an own look went to the printer (sent by the browser)."""
        only_known(request.args, ())
        look = request.form.get("look", "")
        if look.isascii() and look.isdigit():
            record_print(signed_in(), record_key(look))
        return Response(status=204)


def place_of(arguments: MultiDict[str, str]) -> tuple[datetime, int] | None:
    """Behind which entry the page begins.

    Raises:
        BadArgument: not a cursor of this list.
    """
    cursor = read_cursor(arguments, ORDER, datetime)
    return None if cursor is None else (cursor.value, cursor.key)


def cursor_of(entry: ReadEntry) -> str:
    """The place of an entry, as a parameter."""
    return pack_cursor(ORDER, entry.at, entry.id)


def _page(form: Any, asked: Asked | None, rows: Any, older: str | None) -> str:
    kept: dict[str, Any] = {k: v for k, v in request.args.items() if k != "after" and v}
    actions: tuple[Action, ...] = ()
    if asked is not None and rows and may("export", "look"):
        actions = (Action(_("Excel"), url_for(".export", **kept), "post", icon="download"),)
    return render_template(
        "looks/list.html",
        title=str(TITLE),
        form=form,
        rows=rows,
        named=any(row.name for row in rows),
        older=older,
        actions=actions,
        trail=(Crumb(str(TITLE)),),
    )
