"""``/contacts/household``: people of the patient's address, put under the case with one tick."""

from typing import Any

from flask import flash, render_template, request, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from app.audit.reads import people_beside, record_look
from app.cases.header import case_or_404, crumbs_of, header_of
from app.cases.models import Case
from app.contacts import forms, household
from app.contacts.codes import CONTACT_STATUS
from app.contacts.household import Housemate
from app.contacts.models import ContactExposure
from app.core.dates import format_date
from app.core.errors import DomainError
from app.core.pages import Crumb
from app.generated.arguments import only_known, record_key
from app.generated.hooks import signed_in
from app.generated.refusals import refuse_closed, refuse_read_only, show_problem
from app.generated.submissions import submit_once
from app.security.actor import Actor


class HouseholdView(BaseView):
    """Cases and contacts at the patient's address."""

    route_base = "/contacts"
    class_permission_name = "contact"
    default_view = "household"

    @expose("/household", methods=["GET", "POST"])
    @has_access
    @permission_name("add")
    def household(self) -> Response | tuple[str, int] | str:
        """Who lives there; those ticked are exposed on the day given."""
        actor = signed_in()
        only_known(request.args, {"case_id", "parked"})
        case = case_or_404(record_key(request.args.get("case_id", "")))
        refuse_closed(case)
        form = forms.household_form()()
        ticked = [int(key) for key in request.form.getlist("person") if key.isdecimal()]
        if request.method == "POST" and form.validate():
            try:
                token = form.form_token_.data
                return submit_once(token, actor, lambda: _added(case, ticked, form, actor))
            except DomainError as error:
                show_problem(form, error)
        mates = household.housemates(case, by=actor)
        with people_beside({mate.person.id for mate in mates}):
            record_look(actor, door="contact.household", case_id=case.id, person_id=case.person_id)
        refuse_read_only()
        status = 200 if request.method == "GET" else 422
        return _page(case, form, mates, ticked), status


def _added(case: Case, people: list[int], form: Any, actor: Actor) -> str:
    values = forms.typed_values(form, ContactExposure)
    count = household.add_housemates(case, people, values, by=actor)
    flash(ngettext("%(num)s contact was added.", "%(num)s contacts were added.", count), "success")
    return url_for("CaseView.show", pk=case.id, tab="contacts")


def _page(case: Case, form: Any, mates: Any, ticked: list[int]) -> str:
    title = _("Contacts from the same address")
    return render_template(
        "contacts/household.html",
        title=title,
        header=header_of(case),
        trail=crumbs_of(case, Crumb(title)),
        form=form,
        has_address=bool(case.person is not None and case.person.address),
        mates=[_line(mate, ticked) for mate in mates],
        grid_url=url_for("ContactGridView.grid", case_id=case.id),
        cancel_url=url_for("CaseView.show", pk=case.id, tab="contacts"),
    )


def _line(mate: Housemate, ticked: list[int]) -> dict[str, Any]:
    person = mate.person
    if mate.case is not None:
        standing = _("Case %(number)s", number=str(mate.case))
        if mate.case.onset_on is not None:
            standing += " " + _("onset %(day)s", day=format_date(mate.case.onset_on))
    else:
        standing = CONTACT_STATUS.label(mate.contact.status if mate.contact is not None else "")
    return {
        "key": person.id,
        "name": person.name or person.kana or "",
        "kana": person.kana or "",
        "birth": format_date(person.birth_on),
        "standing": standing,
        "ticked": person.id in ticked,
    }
