"""``/reports/``: the reports there are, and the page one is asked for on."""

from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core import forms
from app.core.errors import DomainError, InvalidInput, NotVisible
from app.core.labels import Label
from app.core.pages import Action, Crumb
from app.generated.arguments import only_known
from app.generated.hooks import may, signed_in
from app.generated.submissions import submit_once
from app.reports.areas import area_choices
from app.reports.forms import AskForm, ask_form
from app.reports.kind import ReportKind
from app.reports.kinds import kind_named, kinds_of, require_kind
from app.reports.protection import lock_of, new_password
from app.reports.service import needs_password, request_report
from app.security.actor import Actor

REPORTS = Label("帳票", "Reports")


class ReportView(BaseView):
    """Workbooks made in the background; the file waits among one's own jobs."""

    route_base = "/reports"
    class_permission_name = "report"
    default_view = "list"

    @expose("/", methods=["GET"])
    @has_access
    @permission_name("list")
    def list(self) -> str:
        """What there is and what stands in it."""
        only_known(request.args, ())
        actor = signed_in()
        return render_template(
            "reports/list.html",
            title=str(REPORTS),
            kinds=[(one, url_of(one)) for one in kinds_of(actor)],
            layouts=may("list", "report_layout"),
            survey=may("show", "care_survey"),
            trail=(Crumb(str(REPORTS)),),
        )

    @expose("/figures/<key>", methods=["GET", "POST"])
    @has_access
    @permission_name("figures")
    def figures(self, key: str) -> ResponseReturnValue:
        """Ask for a workbook of figures."""
        return _ask(key, "figures")

    @expose("/people/<key>", methods=["GET", "POST"])
    @has_access
    @permission_name("people")
    def people(self, key: str) -> ResponseReturnValue:
        """Ask for a list of people; who gets it and what for is recorded."""
        return _ask(key, "people")


def url_of(kind: ReportKind) -> str:
    """The page a report is asked for on."""
    return url_for(f"ReportView.{kind.action}", key=kind.key)


def _ask(key: str, door: str) -> ResponseReturnValue:
    only_known(request.args, {"parked"})
    actor, kind = signed_in(), kind_named(key)
    if kind.action != door:
        raise NotVisible(_l("There is no such page."))
    require_kind(kind, actor)
    form = ask_form(kind, area_choices(actor))
    if request.method == "POST" and form.validate():
        try:
            return _taken(kind, form, actor)
        except InvalidInput as refused:
            form.form_errors.extend(forms.show_problems(form, refused.problems))
        except DomainError as refused:
            if refused.status != 409:
                raise
            form.form_errors.append(refused.message)
    page = render_template(
        "reports/ask.html",
        title=str(kind.label),
        kind=kind,
        form=form,
        must_have_password=needs_password(kind),
        arrange=_arrange_action(kind),
        trail=_trail(Crumb(str(kind.label))),
    )
    return page, 422 if form.errors or form.form_errors else 200


def _taken(kind: ReportKind, form: AskForm, actor: Actor) -> ResponseReturnValue:
    """The job's page; a password the portal made is shown first, this once."""
    chosen = form["protection"].data
    password = new_password() if chosen == "made" else ""
    if chosen == "own":
        password = form["password"].data
    made: list[Any] = []

    def save() -> str:
        job = request_report(
            form.wanted(kind),
            by=actor,
            recipient=form["recipient"].data or "",
            purpose=form["purpose"].data or "",
            lock=lock_of(password) if password else None,
        )
        made.append(job)
        return url_for("JobView.show", job_id=job.id)

    answer = submit_once(form["form_token_"].data, actor, save)
    if not made or chosen != "made":
        return answer
    return render_template(
        "reports/password.html",
        title=_("Password of the file"),
        password=password,
        job=made[0],
        job_url=answer.location,
        trail=_trail(Crumb(str(kind.label), url_of(kind)), Crumb(_("Password of the file"))),
    )


def _arrange_action(kind: ReportKind) -> Action | None:
    if kind.listing is None or not may("list", "report_layout"):
        return None
    return Action(_("Layouts of this report"), url_for("ReportLayoutView.list"), icon="edit")


def _trail(*crumbs: Crumb) -> tuple[Crumb, ...]:
    return (Crumb(str(REPORTS), url_for("ReportView.list")), *crumbs)
