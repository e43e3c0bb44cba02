"""``/cases/<pk>/days``: the activities of a case as a sheet of days."""

from typing import Any

from flask import flash, render_template, request, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response

from app.audit.reads import record_look
from app.cases import activity_grid
from app.cases.activity_grid import COLUMNS, Line
from app.cases.header import case_or_404, crumbs_of, header_of
from app.cases.models import ActivityRecord, Case
from app.cases.views import CaseView
from app.core.dates import format_date
from app.core.errors import Conflict
from app.core.forms import ItemForm
from app.core.items import item_of
from app.core.pages import Action, Crumb
from app.generated.arguments import only_known, record_key
from app.generated.extensions import add_show_action
from app.generated.hooks import may, signed_in
from app.generated.refusals import closed, refuse_closed, refuse_read_only
from app.generated.submissions import submit_once
from app.generated.views import VIEWS
from app.security.actor import Actor


class ActivitySheetView(BaseView):
    """Day by day from 14 days before onset to isolation."""

    route_base = "/cases"
    class_permission_name = "activity"
    default_view = "days"

    @expose("/<pk>/days", methods=["GET", "POST"])
    @has_access
    @permission_name("edit")
    def days(self, pk: str) -> Response | tuple[str, int] | str:
        """The sheet; saved as a whole, a line that cannot be read keeps all of it unsaved."""
        actor = signed_in()
        only_known(request.args, {"parked"})
        case = case_or_404(record_key(pk))
        refuse_closed(case)
        lines = activity_grid.lines_of(case)
        form = ItemForm()
        if request.method == "GET":
            record_look(actor, door="case.days", case_id=case.id, person_id=case.person_id)
            refuse_read_only()
            return _page(case, form, lines)
        if not activity_grid.read(lines, request.form) or not form.validate():
            return _page(case, form, lines), 422
        try:
            token = form.form_token_.data
            return submit_once(token, actor, lambda: _saved(case, lines, actor))
        except (Conflict, StaleDataError):
            overtaken = _("Somebody else changed this sheet meanwhile. Compare and save again.")
            return _page(case, form, lines, overtaken=overtaken), 409


def _saved(case: Case, lines: list[Line], actor: Actor) -> str:
    count = activity_grid.save(case, lines, by=actor)
    flash(ngettext("%(num)s line was saved.", "%(num)s lines were saved.", count), "success")
    return url_for("ActivitySheetView.days", pk=case.id)


def _page(case: Case, form: Any, lines: list[Line], *, overtaken: str = "") -> str:
    title = _("Activities day by day")
    onset = case.onset_on or case.diagnosed_on
    return render_template(
        "cases/days.html",
        title=title,
        header=header_of(case),
        trail=crumbs_of(case, Crumb(title)),
        tabs_of_case=VIEWS["case"].tabs_of(case, "activities"),
        form=form,
        columns=[(name, str(item_of(ActivityRecord, name).label)) for name in COLUMNS],
        lines=[
            {
                "line": line,
                "day": format_date(line.day),
                "offset": "" if onset is None else _offset((line.day - onset).days),
                "first": index == 0 or lines[index - 1].day != line.day,
            }
            for index, line in enumerate(lines)
        ],
        places=activity_grid.places_used(case),
        wrong=sum(bool(line.problems) for line in lines),
        overtaken=overtaken,
        back_url=url_for("CaseView.show", pk=case.id, tab="activities"),
    )


def _offset(days: int) -> str:
    """How far from onset the day lies."""
    if days == 0:
        return _("day of onset")
    if days < 0:
        return _("%(days)s days before onset", days=-days)
    return _("%(days)s days after onset", days=days)


def _sheet_action(case: Any) -> Action | None:
    if closed(case) is not None or not may("edit", "activity"):
        return None
    url = url_for("ActivitySheetView.days", pk=case.id)
    return Action(_("Activities day by day"), url, icon="calendar")


add_show_action(CaseView, _sheet_action)
