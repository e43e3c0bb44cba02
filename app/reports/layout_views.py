"""``/reports/layouts/``: our own layout of a list, arranged on the screen, with a live sample."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core import clock, forms
from app.core.dates import format_instant
from app.core.errors import (
    Conflict,
    DomainError,
    InvalidInput,
    InvalidState,
    NotAllowed,
    NotVisible,
)
from app.core.labels import Label
from app.core.pages import Crumb
from app.generated.arguments import only_known, record_key
from app.generated.hooks import may, signed_in
from app.generated.submissions import submit_once
from app.reports.kind import ReportKind
from app.reports.kinds import kind_named, kinds_of, require_kind
from app.reports.layout import plain_layout
from app.reports.layout_checks import problems_of
from app.reports.layout_forms import layout_form, posted_lines, stored_lines, typed_layout
from app.reports.layout_queries import layout_by_id, layouts_of
from app.reports.layout_service import is_own, labels_of, remove_layout, save_layout
from app.reports.models import ReportLayout
from app.reports.past import changes_of
from app.reports.preview import Preview, preview_of
from app.reports.rules import latest_whole
from app.reports.views import REPORTS
from app.security.actor import Actor

LAYOUTS = Label("帳票の様式", "Layouts of reports")


class ReportLayoutView(BaseView):
    """Which columns in which order under which words; of the own area alone."""

    route_base = "/reports/layouts"
    class_permission_name = "report_layout"
    default_view = "list"

    @expose("/", methods=["GET"])
    @has_access
    @permission_name("list")
    def list(self) -> str:
        """The layouts of every report that can have one."""
        only_known(request.args, ())
        actor = signed_in()
        kinds = [one for one in kinds_of(actor) if one.listing is not None]
        return render_template(
            "reports/layouts.html",
            title=str(LAYOUTS),
            kinds=[(kind, _lines(kind, actor)) for kind in kinds],
            may_edit=may("edit", "report_layout"),
            trail=_trail(),
        )

    @expose("/<key>/new", methods=["GET", "POST"])
    @has_access
    @permission_name("edit")
    def add(self, key: str) -> ResponseReturnValue:
        """Begin from the portal's own layout."""
        kind = kind_named(key)
        return _arrange(kind, None)

    @expose("/<pk>/edit", methods=["GET", "POST"])
    @has_access
    @permission_name("edit")
    def edit(self, pk: str) -> ResponseReturnValue:
        """Change an own layout; one from above can be looked at and taken as a beginning."""
        saved = layout_by_id(record_key(pk))
        if not is_own(saved, signed_in()):
            raise NotAllowed(_l("This layout belongs to another institution."))
        return _arrange(kind_named(saved.kind), saved)

    @expose("/<pk>/remove", methods=["POST"])
    @has_access
    @permission_name("edit")
    def remove(self, pk: str) -> ResponseReturnValue:
        """Remove an own layout; its history stays."""
        try:
            remove_layout(layout_by_id(record_key(pk)), by=signed_in())
            flash(_("The layout was removed."), "success")
        except InvalidState as refused:
            flash(str(refused.message), "warning")
        return redirect(url_for(".list"), 303)


def _arrange(kind: ReportKind, saved: ReportLayout | None) -> ResponseReturnValue:
    only_known(request.args, {"parked"})
    actor = signed_in()
    require_kind(kind, actor)
    if kind.listing is None:
        raise NotVisible(_l("There is no such page."))
    labels = labels_of(kind, actor)
    _first, day = latest_whole(kind.span, clock.today())
    form = layout_form(kind, saved, clock.today() if kind.key == "follow_up" else day)
    begun = plain_layout(kind.listing) if saved is None else saved.layout
    lines, preview = stored_lines(begun, labels), None
    if request.method == "POST":
        lines = posted_lines(request.form, labels)
        if form.validate():
            try:
                if request.form.get("step") == "preview":
                    preview = _preview(kind, form, lines, labels, actor)
                else:
                    return _saved(kind, form, lines, saved, actor)
            except InvalidInput as refused:
                form.form_errors.extend(forms.show_problems(form, refused.problems))
            except DomainError as refused:
                if refused.status != 409 or isinstance(refused, Conflict):
                    raise
                form.form_errors.append(refused.message)
    page = render_template(
        "reports/arrange.html",
        title=_("Layout: %(report)s", report=kind.label),
        kind=kind,
        form=form,
        lines=lines,
        preview=preview,
        saved=saved,
        changes=[] if saved is None else changes_of(saved, "report_layout"),
        trail=_trail(Crumb(str(kind.label))),
    )
    return page, 422 if form.errors or form.form_errors else 200


def _preview(
    kind: ReportKind, form: Any, lines: Any, labels: dict[str, str], actor: Actor
) -> Preview:
    layout = typed_layout(form, lines)
    assert kind.listing is not None, kind.key
    problems = problems_of(kind.listing, layout, name=form.name.data or "", labels=labels, taken=())
    if problems:
        raise InvalidInput(problems)
    return preview_of(kind, layout, form.preview_on.data or clock.today(), by=actor)


def _saved(
    kind: ReportKind, form: Any, lines: Any, saved: ReportLayout | None, actor: Actor
) -> ResponseReturnValue:
    if saved is not None and form.row_version_.data != saved.row_version:
        raise Conflict(_l("Somebody else changed this record just now."))

    def save() -> str:
        save_layout(
            kind,
            typed_layout(form, lines),
            name=form.name.data or "",
            is_default=bool(form.is_default.data),
            by=actor,
            saved=saved,
        )
        flash(_("The layout was saved."), "success")
        return url_for("ReportLayoutView.list")

    return submit_once(form.form_token_.data, actor, save)


def _lines(kind: ReportKind, actor: Actor) -> list[dict[str, Any]]:
    return [
        {
            "id": one.id,
            "name": one.name,
            "is_default": one.is_default,
            "columns": len(one.layout.columns),
            "saved_at": format_instant(one.saved_at),
            "saved_by": one.saved_by,
            "is_own": is_own(one, actor),
        }
        for one in layouts_of(kind.key)
    ]


def _trail(*crumbs: Crumb) -> tuple[Crumb, ...]:
    reports = Crumb(str(REPORTS), url_for("ReportView.list"))
    if not crumbs:
        return (reports, Crumb(str(LAYOUTS)))
    return (reports, Crumb(str(LAYOUTS), url_for("ReportLayoutView.list")), *crumbs)
