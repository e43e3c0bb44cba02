"""Exposures on the screen: listed under their contact, added to it, corrected."""

from typing import Any

from flask import flash, render_template, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response

from app.audit.reads import record_look
from app.cases.models import Case
from app.contacts import forms, service
from app.contacts.header import contact_with_header, crumbs_of, header_of, look_at
from app.contacts.models import Contact, ContactExposure
from app.core import clock
from app.core.db import db
from app.core.errors import DomainError, InvalidInput, NotVisible
from app.core.forms import ItemForm
from app.core.items import items_of
from app.core.japanese import digits
from app.core.labels import Label
from app.core.pages import Crumb, FormPage, PersonHeader
from app.generated.arguments import only_known, record_key
from app.generated.hooks import signed_in
from app.generated.interface import PortalInterface
from app.generated.refusals import show_problem
from app.generated.searching import SearchBy
from app.generated.submissions import submit_once
from app.generated.views import GeneratedView
from app.persons.rules import day_problem
from app.security.actor import Actor


class ExposureView(GeneratedView):
    """Exposures of contacts to cases: 接触状況."""

    datamodel = PortalInterface(ContactExposure)
    class_permission_name = "exposure"
    route_base = "/exposures"
    title_label = Label("接触状況", "Exposures")
    preset_items = ("contact_id",)
    can_add_alone = False
    list_items = ("exposed_on", "case.number", "relation", "setting", "place", "masked")
    search_items = (SearchBy("exposed_on", "range"), SearchBy("setting", "code"))
    sort_items = ("exposed_on",)
    show_items = ("case.number", *(item.name for item in items_of(ContactExposure)))
    empty_hint = _l("No exposure has been entered yet.")

    def header_for(self, record: ContactExposure) -> PersonHeader | None:
        """The header of the contact."""
        contact = contact_with_header(record.contact_id)
        return None if contact is None else header_of(contact)

    def crumbs_for(self, record: ContactExposure) -> tuple[Crumb, ...]:
        """Contacts › this contact › this list."""
        contact = contact_with_header(record.contact_id)
        return crumbs_of(contact, Crumb(str(self.title_label), self.url_after_save(record)))

    def looked_at(self, record: ContactExposure, actor: Actor) -> None:
        """A look at both ends of the exposure."""
        contact = contact_with_header(record.contact_id)
        person_id = contact.person_id if contact is not None else None
        record_look(actor, door="exposure.show", case_id=record.case_id, person_id=person_id)

    def url_after_save(self, record: ContactExposure) -> str:
        """Back to the list under the contact."""
        return url_for("ContactView.show", pk=record.contact_id, tab="exposures")

    def problems_with(self, record: ContactExposure) -> dict[str, list[object]]:
        """Days on which nobody can have been exposed."""
        contact = contact_with_header(record.contact_id)
        birth_on = contact.person.birth_on if contact is not None else None
        problem = day_problem(record.exposed_on, today=clock.today(), birth_on=birth_on)
        return {} if problem is None else {"exposed_on": [problem]}

    def save_changes(self, record: ContactExposure, by: Actor) -> None:
        """The period of observation follows the last exposure."""
        super().save_changes(record, by)
        service.refresh_period(record.contact)
        db.session.flush()

    def add_form_class(self, actor: Actor, presets: dict[str, Any]) -> type[ItemForm]:
        """The exposure, and the number of the case behind it."""
        return forms.exposure_form()

    def create(self, form: Any, presets: dict[str, Any], actor: Actor) -> ContactExposure:
        """Through the verb, which starts the observation anew."""
        contact = contact_with_header(presets["contact_id"])
        if contact is None:
            raise NotVisible(_l("There is no such record."))
        number = digits(form.source_number.data)
        case = db.session.scalars(select(Case).where(Case.number == number)).one_or_none()
        if case is None:
            raise InvalidInput({"source_number": [_l("There is no such case.")]})
        values = forms.typed_values(form, ContactExposure)
        return service.record_exposure(contact, case, values, by=actor)

    def _expose(self, form: Any, contact: Contact, actor: Actor) -> str:
        self.create(form, {"contact_id": contact.id}, actor)
        flash(_("Saved."), "success")
        return url_for("ContactView.show", pk=contact.id, tab="exposures")

    @expose("/add", methods=["GET", "POST"])
    @has_access
    def add(self) -> Response | tuple[str, int] | str:
        """A further exposure of the contact its address names."""
        actor = signed_in()
        only_known(request.args, {"contact_id", "parked"})
        contact = contact_with_header(record_key(request.args.get("contact_id", "")))
        if contact is None:
            raise NotVisible(_l("There is no such record."))
        form = self.add_form_class(actor, {"contact_id": contact.id})()
        if request.method == "POST" and form.validate():
            try:
                token = form.form_token_.data
                return submit_once(token, actor, lambda: self._expose(form, contact, actor))
            except (DomainError, IntegrityError) as error:
                show_problem(form, error)
        if request.method == "GET":
            look_at(contact, actor, door="exposure.add")
        title = _("Add an exposure")
        page = FormPage(
            title=title,
            form=form,
            sections=forms.exposure_sections(form),
            cancel_url=url_for("ContactView.show", pk=contact.id, tab="exposures"),
            submit_label=_("Save"),
            header=header_of(contact),
            crumbs=crumbs_of(contact, Crumb(title)),
        )
        status = 200 if request.method == "GET" else 422
        return render_template("generated/form.html", page=page, view=self), status
