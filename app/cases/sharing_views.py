"""Who meets a case, on one page: shown to health centres, changed by the responsible one."""

from dataclasses import dataclass
from typing import Any

from flask import flash, render_template, request, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from app.audit.reads import record_look
from app.cases.codes import ACCESS_ROLE
from app.cases.header import case_or_404, crumbs_of, header_of
from app.cases.models import Case, CaseAccess
from app.cases.sharing import end_related_centre, may_share, set_related_centre
from app.cases.views import CaseChildView
from app.core import clock, forms
from app.core.dates import format_instant
from app.core.db import db
from app.core.errors import InvalidInput, NotVisible
from app.core.fields import ReferenceField, Required
from app.core.forms import ItemForm
from app.core.labels import Label
from app.core.pages import Crumb
from app.generated.arguments import only_known, record_key
from app.generated.hooks import signed_in
from app.generated.interface import PortalInterface
from app.generated.views import VIEWS
from app.institutions.models import Institution
from app.institutions.references import institutions_of_kind
from app.security.actor import Actor


class RelatedCentreForm(ItemForm):
    """Which health centre is to meet the case."""

    centre_id = ReferenceField(
        _l("Health centre"), [Required()], source=institutions_of_kind("health_centre")
    )


@dataclass(frozen=True, slots=True)
class Party:
    """An institution that meets the case; ``end_url`` where it can be taken off."""

    institution: str
    role: str
    since: str
    until: str
    end_url: str | None


class CaseSharingView(BaseView):
    """``/cases/<pk>/related``: 関係保健所."""

    route_base = "/cases"
    class_permission_name = "case"
    default_view = "related"

    @expose("/<pk>/related", methods=["GET", "POST"])
    @has_access
    @permission_name("relate")
    def related(self, pk: str) -> Response | str | tuple[str, int]:
        """Who meets the case; the responsible centre adds a related one."""
        actor = signed_in()
        only_known(request.args, {"parked"})
        case = case_or_404(record_key(pk))
        form = RelatedCentreForm()
        if request.method == "GET":
            record_look(actor, door="case.related", case_id=case.id, person_id=case.person_id)
        if request.method == "GET" or not form.validate():
            return _page(case, form, actor), 422 if form.errors else 200
        centre = db.session.get(Institution, form.centre_id.data)
        if centre is None:
            raise NotVisible(_l("There is no such record."))
        try:
            set_related_centre(case, centre, by=actor)
        except InvalidInput as refused:
            forms.show_problems(form, refused.problems)
            return _page(case, form, actor), 422
        flash(_("%(centre)s can see this case from now on.", centre=centre.name), "success")
        return redirect(url_for(".related", pk=case.id), 303)

    @expose("/<pk>/related/<access>/end", methods=["POST"])
    @has_access
    @permission_name("relate")
    def end(self, pk: str, access: str) -> Response:
        """Take a related health centre off the case."""
        case = case_or_404(record_key(pk))
        found = db.session.get(CaseAccess, record_key(access))
        if found is None or found.case_id != case.id:
            raise NotVisible(_l("There is no such record."))
        end_related_centre(found, by=signed_in())
        flash(_("The health centre no longer sees this case."), "success")
        return redirect(url_for(".related", pk=case.id), 303)


class CaseAccessView(CaseChildView):
    """A tie by itself: only its history has a page, ties are set and ended on the one above."""

    datamodel = PortalInterface(CaseAccess)
    class_permission_name = "case_access"
    route_base = "/case-institutions"
    title_label = Label("関係機関", "Institutions")
    list_items = ("institution_id", "role")
    form_items = ("institution_id",)

    def url_of(self, record: Any) -> str:
        """The page of all of them."""
        return url_for("CaseSharingView.related", pk=record.case_id)

    def url_after_save(self, record: Any) -> str:
        """The same."""
        return self.url_of(record)


def _page(case: Case, form: Any, actor: Actor) -> str:
    title = _("Institutions that meet this case")
    shares = may_share(case, actor)
    return render_template(
        "cases/related.html",
        title=title,
        header=header_of(case),
        form=form if shares else None,
        parties=_parties(case, shares=shares),
        tabs_of_case=VIEWS["case"].tabs_of(case, "accesses"),
        trail=crumbs_of(case, Crumb(title)),
    )


def _parties(case: Case, *, shares: bool) -> list[Party]:
    """Who meets the case at this instant, the closest tie first."""
    current = or_(CaseAccess.to_at.is_(None), CaseAccess.to_at > clock.now())
    found = db.session.scalars(
        select(CaseAccess)
        .where(CaseAccess.case_id == case.id, current)
        .options(joinedload(CaseAccess.institution))
    )
    ordered = sorted(found, key=lambda a: (ACCESS_ROLE.values.index(a.role), a.id))
    return [
        Party(
            institution=access.institution.name,
            role=ACCESS_ROLE.label(access.role),
            since=format_instant(access.from_at),
            until="" if access.to_at is None else format_instant(access.to_at),
            end_url=url_for(".end", pk=case.id, access=access.id)
            if shares and access.role == "related"
            else None,
        )
        for access in ordered
    ]
