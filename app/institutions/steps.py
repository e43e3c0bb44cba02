"""The steps taken with an institution: letting in, moving, closing, giving an area."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import flash, render_template, request, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from app.core import clock, forms
from app.core.dates import format_date, format_instant
from app.core.db import db
from app.core.errors import DomainError, InvalidInput, NotVisible
from app.core.pages import Crumb
from app.generated.arguments import only_known, record_key
from app.generated.hooks import signed_in
from app.institutions import moving, portal, service
from app.institutions.forms import AreaForm, CloseForm, ReasonForm, move_form, use_form
from app.institutions.models import CentreArea, Institution
from app.institutions.queries import areas_of
from app.institutions.rules import EVER, PARENTS, PORTAL_ENTRIES, InstitutionKind
from app.institutions.tree import is_in_branch, node_of, require_managed
from app.institutions.tree_views import trail_to

Page = Response | str | tuple[str, int]


@dataclass(frozen=True, slots=True)
class Listing:
    """A table beneath a form: what was decided before."""

    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


class InstitutionStepsView(BaseView):
    """``/institutions/<pk>/…``: each step asks for its reason."""

    route_base = "/institutions"
    class_permission_name = "institution"
    default_view = "use"

    @expose("/<pk>/use", methods=["GET", "POST"])
    @has_access
    @permission_name("switch")
    def use(self, pk: str) -> Page:
        """Whether the institution may use the portal, and what it may enter (R24, R34)."""
        node, by = _managed(pk, "switch"), signed_in()
        started = {"use": "on" if node.portal_on else "off", "entries": node.portal_entries}
        form = use_form(node.kind)(data=started)

        def decide() -> None:
            portal.decide_use(
                node,
                on=form.use.data == "on",
                entries=form.entries.data or (),
                reason=form.reason.data or "",
                by=by,
            )

        hint = _(
            "While the use is not permitted nobody of this institution can sign in; open "
            "sessions end with their next click."
        )
        return _step(node, form, decide, _("Use of the portal"), hint, _decisions(node))

    @expose("/<pk>/move", methods=["GET", "POST"])
    @has_access
    @permission_name("move")
    def move(self, pk: str) -> Page:
        """Below which institution it stands, from a day on."""
        node, by = _managed(pk, "move"), signed_in()
        if not PARENTS[InstitutionKind(node.kind)]:
            raise NotVisible(_l("There is no such record."))
        form = move_form(node.kind)(data={"from_on": clock.today()})

        def decide() -> None:
            parent = db.session.get(Institution, form.parent_id.data)
            if parent is None:
                raise NotVisible(_l("There is no such record."))
            moving.move_institution(
                node,
                parent=parent,
                from_on=form.from_on.data,
                reason=form.reason.data or "",
                by=by,
            )

        hint = _(
            "What was notified before stays with the former authority; what is notified from "
            "that day on belongs to the new one."
        )
        return _step(node, form, decide, _("Move this institution"), hint)

    @expose("/<pk>/close", methods=["GET", "POST"])
    @has_access
    @permission_name("close")
    def close(self, pk: str) -> Page:
        """Closes from a day on; a closing is taken back the same way."""
        node, by = _managed(pk, "close"), signed_in()
        if node.closed_on is not None:
            again = ReasonForm()
            title = _("Open again")
            hint = _("Closed from %(day)s.", day=format_date(node.closed_on))
            return _step(
                node,
                again,
                lambda: service.reopen_institution(node, reason=again.reason.data or "", by=by),
                title,
                hint,
            )
        form = CloseForm(data={"closed_on": clock.today()})

        def decide() -> None:
            service.close_institution(
                node,
                on=form.closed_on.data or clock.today(),
                reason=form.reason.data or "",
                by=by,
            )

        hint = _("From that day on nobody of this institution can sign in. Its cases remain.")
        return _step(node, form, decide, _("Close this institution"), hint, danger=True)


class CentreAreaView(BaseView):
    """``/institutions/<pk>/area``: the municipalities a health centre answers for."""

    route_base = "/institutions"
    class_permission_name = "centre_area"
    default_view = "area"

    @expose("/<pk>/area", methods=["GET"])
    @has_access
    @permission_name("show")
    def area(self, pk: str) -> Page:
        """What the centre is in charge of, and since when."""
        only_known(request.args, ())
        node = _centre(pk)
        return _drawn(node, None, _("Area in charge"), "", _areas(node)), 200

    @expose("/<pk>/area/add", methods=["GET", "POST"])
    @has_access
    @permission_name("edit")
    def add(self, pk: str) -> Page:
        """Give the centre a municipality from a day on."""
        node, by = _centre(pk), signed_in()
        form = AreaForm(data={"from_on": clock.today()})

        def decide() -> None:
            service.assign_area(
                by=by,
                municipality_code=str(form.municipality_code.data),
                centre_code=node.code,
                from_on=form.from_on.data,
            )

        hint = _(
            "From that day on notifications from this municipality go to this health centre. "
            "Cases it is already responsible for stay where they are."
        )
        return _step(node, form, decide, _("Add a municipality"), hint, _areas(node))


def _managed(pk: str, action: str) -> Institution:
    """The institution, unless somebody else manages it: a branch is not the reader's business."""
    node = node_of(record_key(pk), signed_in())
    require_managed(signed_in(), node, action)
    return node


def _centre(pk: str) -> Institution:
    node = node_of(record_key(pk), signed_in())
    if node.kind != InstitutionKind.HEALTH_CENTRE:
        raise NotVisible(_l("There is no such record."))
    return node


def _step(
    node: Institution,
    form: Any,
    decide: Callable[[], None],
    title: str,
    hint: str,
    listing: Listing | None = None,
    *,
    danger: bool = False,
) -> Page:
    only_known(request.args, {"parked"})
    if request.method == "GET":
        return _drawn(node, form, title, hint, listing, danger=danger)
    if form.validate() and _done(form, decide):
        flash(_("Saved."), "success")
        return redirect(_back(node), 303)
    return _drawn(node, form, title, hint, listing, danger=danger), 422


def _done(form: Any, decide: Callable[[], None]) -> bool:
    """True when the step was taken; a refusal stands at its field or above the form.

    Raises:
        NotAllowed, NotVisible: not this reader's step at all.
    """
    try:
        decide()
    except InvalidInput as refused:
        form.form_errors.extend(forms.show_problems(form, refused.problems))
    except DomainError as refused:
        if refused.status in {403, 404} and refused.field is None:
            raise
        problems = {refused.field or "": [refused.message]}
        form.form_errors.extend(forms.show_problems(form, problems))
    else:
        return True
    return False


def _back(node: Institution) -> str:
    """The node; its parent's root where it has just left the reader's branch."""
    if is_in_branch(node.id, signed_in()):
        return url_for("InstitutionTreeView.node", pk=node.id)
    return url_for("InstitutionTreeView.tree")


def _drawn(
    node: Institution,
    form: Any,
    title: str,
    hint: str,
    listing: Listing | None = None,
    *,
    danger: bool = False,
) -> str:
    here = request.endpoint == "CentreAreaView.area"
    return render_template(
        "institutions/step.html",
        title=title,
        subject=node.name,
        form=form,
        fields=[] if form is None else [f for f in form if not f.name.endswith("_")],
        hint=hint,
        listing=listing,
        danger=danger,
        add_url=url_for("CentreAreaView.add", pk=node.id) if here else None,
        cancel_url=url_for("InstitutionTreeView.node", pk=node.id),
        trail=trail_to(node, signed_in(), Crumb(title)),
    )


def _decisions(node: Institution) -> Listing:
    rows = []
    for one in portal.decisions_about(node):
        entries = "、".join(PORTAL_ENTRIES.label(entry) for entry in one.entries)
        use = _("May use the portal") if one.on else _("May not use the portal")
        rows.append((format_instant(one.at), use, entries, one.who, one.reason))
    columns = (_("When"), _("Decision"), _("What it may do"), _("Decided by"), _("Reason"))
    return Listing(_("Decisions so far"), columns, rows)


def _areas(node: Institution) -> Listing:
    rows = [
        (area.municipality.name, area.municipality_code, _since(area)) for area in areas_of(node.id)
    ]
    columns = (_("Municipality"), _("Code"), _("In charge from"))
    return Listing(_("Area of this health centre"), columns, rows)


def _since(area: CentreArea) -> str:
    return _("From the beginning") if area.from_on == EVER else format_date(area.from_on)
