"""確認が必要な閲覧: what the daily chore found, until somebody asked and noted the answer."""

from typing import Any

from flask import flash, render_template, request, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from app.audit.reads import record_list
from app.core.pages import Crumb
from app.generated.arguments import one_of, only_known, record_key
from app.generated.hooks import signed_in
from app.looks.forms import NoteForm
from app.looks.queries import PAGE, unusual_of, unusual_or_404
from app.looks.service import note_unusual
from app.looks.wording import finding_rows

Page = Response | str | tuple[str, int]


class UnusualView(BaseView):
    """``/looks/unusual``: a list of questions, not of verdicts."""

    route_base = "/looks/unusual"
    class_permission_name = "look"
    default_view = "list"

    @expose("/", methods=["GET"])
    @has_access
    @permission_name("unusual")
    def list(self) -> str:
        """Findings about the users one oversees; those to be checked first."""
        actor = signed_in()
        only_known(request.args, {"before", "show"})
        waiting = one_of(request.args, "show", ("all",)) is None
        before = request.args.get("before")
        found = unusual_of(actor, waiting=waiting, before=record_key(before) if before else None)
        rows = found[:PAGE]
        shown: dict[str, Any] = {} if waiting else {"show": "all"}
        older = None
        if len(found) > PAGE:
            older = url_for(".list", before=rows[-1].id, **shown)
        record_list(actor, door="looks.unusual", people=(), filters={"entries": len(rows)})
        title = _("Looks to be checked")
        return render_template(
            "looks/unusual.html",
            title=title,
            rows=finding_rows(rows),
            waiting=waiting,
            older=older,
            trail=(Crumb(title),),
        )

    @expose("/<pk>", methods=["GET", "POST"])
    @has_access
    @permission_name("unusual")
    def show(self, pk: str) -> Page:
        """One finding with its reason, and the note of whoever asked."""
        actor = signed_in()
        only_known(request.args, {"parked"})
        found = unusual_or_404(actor, record_key(pk))
        form = NoteForm()
        if request.method == "POST" and form.validate():
            note_unusual(found, form.note.data, by=actor)
            flash(_("Noted."), "success")
            return redirect(url_for(".list"), 303)
        title = _("Looks to be checked")
        page = render_template(
            "looks/unusual_show.html",
            title=title,
            row=finding_rows([found])[0],
            form=None if found.acknowledged_at or found.user_id == actor.user_id else form,
            trail=(Crumb(title, url_for(".list")), Crumb(finding_rows([found])[0].rule)),
        )
        return page, 422 if form.errors else 200
