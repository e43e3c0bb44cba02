"""``/cases/<pk>/source``: the case from which this one was infected, by its number."""

from typing import Any

from flask import flash, render_template, request, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from werkzeug.wrappers import Response

from app.audit.reads import record_look
from app.cases.header import case_or_404, crumbs_of, header_of
from app.cases.models import Case
from app.cases.views import CaseView
from app.contacts import forms
from app.contacts.linking import link_to_source
from app.contacts.models import ContactExposure
from app.core.db import db
from app.core.errors import DomainError, InvalidInput
from app.core.japanese import digits
from app.core.pages import Action, Crumb, FormPage
from app.generated.arguments import only_known, record_key
from app.generated.extensions import add_show_action
from app.generated.hooks import may, signed_in
from app.generated.refusals import closed, refuse_closed, refuse_read_only, show_problem
from app.generated.submissions import submit_once
from app.generated.views import VIEWS
from app.security.actor import Actor


class CaseSourceView(BaseView):
    """A case that was exposed to another case."""

    route_base = "/cases"
    class_permission_name = "exposure"
    default_view = "source"

    @expose("/<pk>/source", methods=["GET", "POST"])
    @has_access
    @permission_name("add")
    def source(self, pk: str) -> Response | tuple[str, int] | str:
        """The number of the source and how the two met."""
        actor = signed_in()
        only_known(request.args, {"parked"})
        case = case_or_404(record_key(pk))
        refuse_closed(case)
        form = forms.exposure_form()()
        if request.method == "POST" and form.validate():
            token = form.form_token_.data
            try:
                return submit_once(token, actor, lambda: _link(case, form, actor))
            except DomainError as error:
                show_problem(form, error)
        if request.method == "GET":
            record_look(actor, door="case.source", case_id=case.id, person_id=case.person_id)
            refuse_read_only()
        title = _("Link to a source case")
        page = FormPage(
            title=title,
            form=form,
            sections=forms.exposure_sections(form),
            cancel_url=url_for("CaseView.show", pk=case.id),
            submit_label=_("Save"),
            header=header_of(case),
            crumbs=crumbs_of(case, Crumb(title)),
        )
        status = 200 if request.method == "GET" else 422
        return render_template("generated/form.html", page=page, view=VIEWS["exposure"]), status


def _link(case: Case, form: Any, actor: Actor) -> str:
    number = digits(form.source_number.data)
    source = db.session.scalars(select(Case).where(Case.number == number)).one_or_none()
    if source is None:
        raise InvalidInput({"source_number": [_l("There is no such case.")]})
    values = forms.typed_values(form, ContactExposure)
    link_to_source(case, source, values, by=actor)
    flash(_("The case was linked to case %(number)s.", number=str(source)), "success")
    return url_for("CaseView.show", pk=case.id)


def _source_action(case: Any) -> Action | None:
    if closed(case) is not None or case.person_id is None or not may("add", "exposure"):
        return None
    return Action(
        _("Link to a source case"), url_for("CaseSourceView.source", pk=case.id), icon="link"
    )


add_show_action(CaseView, _source_action)
