"""Contacts on the screen: listed, registered under a case, followed, converted."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from flask import flash, render_template, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from app.audit.reads import people_beside, record_look
from app.cases.header import case_or_404
from app.cases.header import crumbs_of as case_crumbs
from app.cases.header import header_of as case_header
from app.cases.models import Case
from app.cases.views import CaseView
from app.contacts import forms, service
from app.contacts.columns import days_to_come, relations
from app.contacts.conversion import convert_to_case
from app.contacts.header import CONTACTS, contact_with_header, crumbs_of, header_of, look_at
from app.contacts.known import expose_known
from app.contacts.models import Contact, ContactExposure
from app.contacts.notifying import draft_for, may_be_notified
from app.core.errors import DomainError, InvalidState, NotVisible
from app.core.forms import ItemForm
from app.core.items import items_of
from app.core.labels import Label
from app.core.pages import Action, Crumb, FormPage, PersonHeader
from app.generated.arguments import only_known, record_key
from app.generated.cells import links_to
from app.generated.extensions import ComputedColumn, add_show_action, add_tab
from app.generated.hooks import may, signed_in
from app.generated.interface import PortalInterface
from app.generated.refusals import closed, show_problem
from app.generated.searching import SearchBy
from app.generated.showing import RelatedTab
from app.generated.submissions import result_of, submit_once
from app.generated.views import GeneratedView
from app.persons.finding import by_person
from app.persons.knowing import NOT_ASKED, Asked, asked_about
from app.persons.models import Person
from app.security.actor import Actor


class ContactView(GeneratedView):
    """Contacts: 接触者."""

    datamodel = PortalInterface(Contact)
    class_permission_name = "contact"
    route_base = "/contacts"
    title_label = CONTACTS
    record_label = Label("接触者", "Contact")
    preset_items = ("case_id",)
    can_add_alone = False
    lists_names = True
    list_items = (
        "person.kana",
        "person.name",
        "status",
        "last_exposure_on",
        "observe_until_on",
    )
    computed_columns = (
        ComputedColumn("days_left", Label("残り日数", "Days left"), days_to_come),
        ComputedColumn("relation", Label("患者との関係", "Relation to the patient"), relations),
    )
    search_items = (
        *by_person("person"),
        SearchBy("status", "code"),
        SearchBy("last_exposure_on", "range"),
        SearchBy("observe_until_on", "range"),
    )
    sort_items = ("last_exposure_on", "observe_until_on")
    form_items = (
        "sex",
        "age_years",
        "prefecture_code",
        "municipality_code",
        "responsible_centre_id",
        "observe_until_on",
        "has_underlying_condition",
        "fell_ill",
        "remarks",
    )
    show_items = (
        "status",
        "last_exposure_on",
        "observe_until_on",
        *(f"person.{i.name}" for i in items_of(Person) if i.name != "merged_into_id"),
        *(
            item.name
            for item in items_of(Contact)
            if item.name not in {"status", "last_exposure_on", "observe_until_on"}
        ),
    )
    empty_hint = _l("No contact matches. Contacts are added on the page of the patient's case.")
    tabs = (
        RelatedTab(
            "exposures", Label("接触状況", "Exposures"), "exposure", ContactExposure.contact_id
        ),
    )

    def list_statement(self, actor: Actor) -> tuple[Select[Any], Any]:
        """Own contacts; those that other centres follow stand under their cases."""
        mine = select(Contact).where(Contact.responsible_centre_id == actor.institution_id)
        return mine, Contact.id

    def under_statement(self, actor: Actor) -> tuple[Select[Any], Any]:
        """Under a case: whoever was exposed to it, followed by whatever centre."""
        return select(Contact), Contact.id

    def people_of(self, records: Sequence[Contact]) -> Collection[int]:
        """The contacts themselves."""
        return {record.person_id for record in records}

    def header_for(self, record: Contact) -> PersonHeader:
        """The contact's own header."""
        return header_of(record)

    def title_of(self, record: Contact) -> str:
        """Its number: names stay out of titles."""
        return _("Contact %(number)s", number=str(record))

    def looked_at(self, record: Contact, actor: Actor) -> None:
        """Opening a contact is a look at its person."""
        look_at(record, actor, door="contact.show")

    def show_actions(self, record: Contact) -> tuple[Action, ...]:
        """Conversion, or the case it became; identity is edited on its own form."""
        actions = []
        is_open = closed(record) is None
        if record.case_id is not None:
            url = url_for("CaseView.show", pk=record.case_id)
            actions.append(Action(_("Open the case"), url, icon="book"))
        elif is_open and may("convert", "contact"):
            url = url_for("ContactView.convert", pk=record.id)
            actions.append(Action(_("Convert to a case"), url, icon="person"))
        if is_open and may_be_notified(record) and may("notify", "contact"):
            url = url_for("ContactView.notify", pk=record.id)
            actions.append(Action(_("Make a notification"), url, "post", icon="document"))
        if is_open and may("edit", "person"):
            url = url_for("PersonView.edit", pk=record.person_id)
            actions.append(Action(_("Edit identity"), url, icon="person"))
        return tuple(actions)

    def save_changes(self, record: Contact, by: Actor) -> None:
        """The authority follows the responsible health centre."""
        service.change_responsible_centre(record, by=by)
        super().save_changes(record, by)

    def add_form_class(self, actor: Actor, presets: dict[str, Any]) -> type[ItemForm]:
        """Person, contact and exposure at once."""
        return forms.contact_form()

    def create(self, form: Any, presets: dict[str, Any], actor: Actor) -> Contact:
        """Through the verb that registers all three; through the API nobody is asked who is known."""
        case, asked = case_or_404(presets["case_id"]), presets.get("asked", NOT_ASKED)
        typed = {
            "identity": forms.typed_values(form, Person),
            "exposure": forms.typed_values(form, ContactExposure),
            "details": forms.typed_values(form, Contact),
        }
        if asked.person_id is not None:
            return expose_known(case, asked.person_id, by=actor, **typed)
        home, others = form.same_address.data, [one.person_id for one in asked.shown]
        return service.register_contact(case, by=actor, same_address=home, others=others, **typed)

    def _register(self, form: Any, case: Case, actor: Actor, asked: Asked) -> str:
        contact = self.create(form, {"case_id": case.id, "asked": asked}, actor)
        flash(_("The contact was added."), "success")
        return self.url_of(contact)

    # -- doors --------------------------------------------------------------------------------

    @expose("/add", methods=["GET", "POST"])
    @has_access
    def add(self) -> Response | tuple[str, int] | str:
        """A new contact of the case its address names."""
        actor = signed_in()
        only_known(request.args, {"case_id", "parked"})
        case = case_or_404(record_key(request.args.get("case_id", "")))
        form, asked = self.add_form_class(actor, {"case_id": case.id})(), None
        if request.method == "POST" and form.validate():
            asked = _asked(form, actor)
        if asked is not None and not asked.open:
            try:
                token, given = form.form_token_.data, asked
                return submit_once(token, actor, lambda: self._register(form, case, actor, given))
            except (DomainError, IntegrityError) as error:
                show_problem(form, error)
        if request.method == "GET":
            record_look(actor, door="contact.add", case_id=case.id, person_id=case.person_id)
        page = FormPage(
            title=_("Add a contact"),
            form=form,
            sections=forms.contact_sections(form),
            cancel_url=url_for("CaseView.show", pk=case.id, tab="contacts"),
            submit_label=_("Save"),
            header=case_header(case),
            crumbs=case_crumbs(case, Crumb(_("Add a contact"))),
            panel=KnownPanel(asked) if asked is not None and asked.shown else None,
        )
        if page.panel is not None:
            with people_beside({one.person_id for one in page.panel.asked.shown}):
                record_look(actor, door="contact.known", case_id=case.id, person_id=case.person_id)
        status = 200 if request.method == "GET" else 422
        return render_template("generated/form.html", page=page, view=self), status

    @expose("/convert/<pk>", methods=["GET", "POST"])
    @has_access
    def convert(self, pk: str) -> Response | str:
        """Asks first; a double click opens one case."""
        actor = signed_in()
        only_known(request.args, ())
        # Whole, in one statement: the conversion asks for columns no page shows.
        contact = contact_with_header(record_key(pk))
        if contact is None:
            raise NotVisible(_l("There is no such record."))
        form = ItemForm()
        if request.method == "POST":
            return submit_once(form.form_token_.data, actor, lambda: _convert(contact, actor))
        if contact.case_id is not None:
            raise InvalidState(_l("This contact was already converted into a case."))
        look_at(contact, actor, door="contact.convert")
        title = _("Convert to a case")
        return render_template(
            "generated/confirm.html",
            title=title,
            question=_("Open a case for %(who)s?", who=str(contact.person)),
            detail=_(
                "The case gets its number at once. Identity, exposures and health observations "
                "are taken over; nothing has to be typed again."
            ),
            action=Action(title, request.path, "post", "primary"),
            fields=(("form_token_", form.form_token_.data),),
            cancel_url=self.url_of(contact),
            crumbs=crumbs_of(contact, Crumb(title)),
        )

    @expose("/notify/<pk>", methods=["POST"])
    @has_access
    def notify(self, pk: str) -> Response:
        """A draft of the contact's 発生届 with what is known of them."""
        actor = signed_in()
        only_known(request.args, ())
        contact = self.record_or_404(pk)
        look_at(contact, actor, door="contact.notify")
        draft = draft_for(contact, by=actor)
        return redirect(url_for("NotificationView.edit", pk=draft.id), 303)


@dataclass(frozen=True, slots=True)
class KnownPanel:
    """People who are probably the one being entered, above the form."""

    asked: Asked
    template: str = "contacts/_known.html"


def _asked(form: Any, actor: Actor) -> Asked:
    """Is the person typed known already, and what was answered to that?"""
    if result_of(form.form_token_.data, actor) is not None:
        return NOT_ASKED  # Sent twice: whom the first sending entered is no other person.
    values = {**forms.typed_values(form, Person), "sex": form.sex.data}
    answer = request.form.get("known_person", "")
    return asked_about(values, answer, request.form.get("known_shown", ""))


def _convert(contact: Contact, actor: Actor) -> str:
    case = convert_to_case(contact, by=actor)
    flash(_("Case %(number)s was opened.", number=str(case)), "success")
    return url_for("CaseView.show", pk=case.id)


def _add_contact(case: Case) -> Action | None:
    if closed(case) is not None or not may("add", "contact"):
        return None
    return Action(_("Add a contact"), url_for("ContactView.add", case_id=case.id), icon="people")


add_tab(
    CaseView,
    RelatedTab(
        "contacts",
        Label("接触者", "Contacts"),
        "contact",
        ContactExposure.case_id,
        ContactExposure.contact_id,
    ),
    before="accesses",
)
add_show_action(CaseView, _add_contact)
links_to(Contact, lambda contact: url_for("ContactView.show", pk=contact.id))
