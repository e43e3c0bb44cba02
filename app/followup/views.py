"""Observations on the screen: entered quickly, listed newest first, drawn as a graph."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from flask import render_template, request, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.audit.reads import record_look
from app.cases.header import case_or_404
from app.cases.header import crumbs_of as case_crumbs
from app.cases.header import header_of as case_header
from app.cases.models import Case
from app.cases.views import CaseChildView, CaseView
from app.contacts.header import contact_with_header, look_at
from app.contacts.header import crumbs_of as contact_crumbs
from app.contacts.header import header_of as contact_header
from app.contacts.models import Contact
from app.contacts.views import ContactView
from app.core import clock
from app.core.db import db
from app.core.errors import NotVisible
from app.core.labels import Label
from app.core.pages import Crumb, FormSection, PersonHeader
from app.followup import service
from app.followup.columns import latest_levels, people_observed, persons, subject_keys
from app.followup.graph_files import actions_of
from app.followup.models import HealthObservation
from app.followup.symptoms import SymptomPage, page_of, subject_of_case, subject_of_contact
from app.followup.tabs import CaseObservationsTab
from app.generated.arguments import BadArgument, only_known, record_key
from app.generated.extensions import ComputedColumn, add_column, add_tab
from app.generated.hooks import signed_in
from app.generated.interface import PortalInterface
from app.generated.listing import Order
from app.generated.paths import path_of
from app.generated.searching import SearchBy
from app.generated.showing import PageTab, RelatedTab
from app.generated.views import VIEWS
from app.persons.finding import by_person
from app.persons.rules import day_problem
from app.security.actor import Actor
from app.surge.gate import may_wait

_QUICK = ("observed_on", "part_of_day", "temperature", "spo2", "symptoms")
_WORDS = ("symptoms_other", "remarks")
_CARE = ("confirmed_by", "medication", "visited", "visited_on", "visited_institution")
NOON = 12


class ObservationView(CaseChildView):
    """Daily health: 健康観察, of a case or of a contact."""

    datamodel = PortalInterface(HealthObservation)
    class_permission_name = "observation"
    route_base = "/observations"
    title_label = Label("健康観察", "Health observations")
    case_tab = "observations"
    preset_items = ("case_id", "contact_id")
    lists_names = True
    list_items = (
        "observed_on",
        "part_of_day",
        "temperature",
        "spo2",
        "symptoms",
        "emergency_symptoms",
        "entered_by_kind",
    )
    computed_columns = (ComputedColumn("person", Label("対象者", "Person"), persons, after=1),)
    search_items = (
        *by_person("case.person", telephone=False),
        SearchBy("observed_on", "range"),
        SearchBy("part_of_day", "code"),
    )
    form_items = (*_QUICK, "emergency_symptoms", *_WORDS, *_CARE)
    empty_hint = _l("No observation has been entered yet.")

    def columns_computed(self, *, under: bool = False) -> tuple[ComputedColumn, ...]:
        """Under a case or contact it is plain whose observations they are."""
        return () if under else super().columns_computed()

    def order_under(self, key: Any) -> Order:
        """The latest day first."""
        return Order(path_of(HealthObservation, "observed_on"), descending=True, key=key)

    # -- the form -----------------------------------------------------------------------------

    def new_values(self, presets: dict[str, Any], by: Actor) -> dict[str, Any]:
        """Today, and the part of the day it is."""
        if len(presets) != 1:
            raise BadArgument(_l("Open this form from the record it belongs to."))
        hour = clock.in_japan(clock.now()).hour
        return {
            "observed_on": clock.today(),
            "part_of_day": "morning" if hour < NOON else "evening",
        }

    def form_sections(self, form: Any) -> tuple[FormSection, ...]:
        """What is asked every day first; emergency symptoms and care are folded."""
        if "visited_on" in form:
            form.visited_on.show_when = form.visited_institution.show_when = "visited=yes"
        cards = (
            ("today", _("Observation"), _QUICK, False, ""),
            (
                "emergency",
                _("Emergency symptoms"),
                ("emergency_symptoms",),
                True,
                _("If even one applies, act at once."),
            ),
            ("words", _("Other symptoms and remarks"), _WORDS, False, ""),
            ("care", _("Confirmation, medication and visits"), _CARE, True, ""),
        )
        made = (
            FormSection(key, title, tuple(form[n] for n in names if n in form), folded, hint)
            for key, title, names, folded, hint in cards
        )
        return tuple(section for section in made if section.fields)

    def problems_with(self, record: HealthObservation) -> dict[str, list[object]]:
        """Days on which nothing can have been observed."""
        birth_on = _birth_of(record)
        found = {
            name: day_problem(getattr(record, name), today=clock.today(), birth_on=birth_on)
            for name in ("observed_on", "visited_on")
        }
        return {name: [problem] for name, problem in found.items() if problem is not None}

    def save_new(self, record: HealthObservation, by: Actor) -> HealthObservation:
        """Through the verb, which says who entered it."""
        return service.record_observation(record, by=by)

    # -- where it stands ----------------------------------------------------------------------

    def header_for(self, record: HealthObservation) -> PersonHeader | None:
        """The header of the case or the contact."""
        if record.case_id is not None:
            return super().header_for(record)
        contact = contact_with_header(record.contact_id)
        return None if contact is None else contact_header(contact)

    def crumbs_for(self, record: HealthObservation) -> tuple[Crumb, ...]:
        """The trail of the case or the contact."""
        if record.case_id is not None:
            return super().crumbs_for(record)
        contact = contact_with_header(record.contact_id)
        if contact is None:
            return (Crumb(str(self.title_label), url_for("ObservationView.list")),)
        return contact_crumbs(contact, Crumb(str(self.title_label), self.url_after_save(record)))

    def people_of(self, records: Sequence[HealthObservation]) -> Collection[int]:
        """The people observed, as cases or as contacts."""
        return people_observed(records)

    def looked_at(self, record: HealthObservation, actor: Actor) -> None:
        """A look at an observation is a look at its person.

        Whoever reads the days from before a contact became a case may not meet the contact:
        the look is noted with the case it became and the person all the same.
        """
        case_id, person_id = subject_keys(record)
        record_look(actor, door="observation.show", case_id=case_id, person_id=person_id)

    def url_after_save(self, record: HealthObservation) -> str:
        """Back to the list under the case or the contact."""
        if record.contact_id is None:
            return super().url_after_save(record)
        return url_for("ContactView.show", pk=record.contact_id, tab="observations")


class CaseSymptomsView(BaseView):
    """``/cases/<pk>/symptoms``: the symptom graph of a case."""

    route_base = "/cases"
    class_permission_name = "observation"
    default_view = "symptoms"

    @expose("/<pk>/symptoms", methods=["GET"])
    @has_access
    @permission_name("show")
    @may_wait
    def symptoms(self, pk: str) -> str:
        """The graph, with the days from before a contact became this case."""
        actor = signed_in()
        only_known(request.args, ())
        case = case_or_404(record_key(pk))
        record_look(actor, door="case.symptoms", case_id=case.id, person_id=case.person_id)
        page = page_of(
            subject_of_case(case, actor),
            header=case_header(case),
            tabs=_tabs("case", case),
            crumbs=case_crumbs(case, Crumb(_("Symptom graph"))),
            actions=actions_of(case_id=case.id),
            url_of=_url_of,
        )
        return _drawn(page)


class ContactSymptomsView(BaseView):
    """``/contacts/<pk>/symptoms``: the symptom graph of a contact."""

    route_base = "/contacts"
    class_permission_name = "observation"
    default_view = "symptoms"

    @expose("/<pk>/symptoms", methods=["GET"])
    @has_access
    @permission_name("show")
    @may_wait
    def symptoms(self, pk: str) -> str:
        """The graph of the days under observation."""
        actor = signed_in()
        only_known(request.args, ())
        contact = contact_with_header(record_key(pk))
        if contact is None:
            raise NotVisible(_l("There is no such record."))
        look_at(contact, actor, door="contact.symptoms")
        page = page_of(
            subject_of_contact(contact),
            header=contact_header(contact),
            tabs=_tabs("contact", contact),
            crumbs=contact_crumbs(contact, Crumb(_("Symptom graph"))),
            actions=actions_of(contact_id=contact.id, adding=contact.case_id is None),
            url_of=_url_of,
        )
        return _drawn(page)


def _tabs(resource: str, record: Case | Contact) -> tuple[Any, ...]:
    return VIEWS[resource].tabs_of(record, "symptoms")


def _url_of(observation: HealthObservation) -> str:
    return url_for("ObservationView.show", pk=observation.id)


def _drawn(page: SymptomPage) -> str:
    return render_template("followup/symptoms.html", page=page)


def _birth_of(record: HealthObservation) -> date | None:
    """The date of birth of the case's or contact's person, None where it is not readable."""
    owner: Case | Contact | None = None
    if record.case_id is not None:
        owner = db.session.get(Case, record.case_id)
    elif record.contact_id is not None:
        owner = db.session.get(Contact, record.contact_id)
    person = owner.person if owner is not None else None
    born = person.birth_on if person is not None else None
    return born if isinstance(born, date) else None


_OBSERVATIONS = Label("健康観察", "Observations")
_GRAPH = Label("症状グラフ", "Symptom graph")

add_tab(
    CaseView,
    CaseObservationsTab("observations", _OBSERVATIONS, "observation", HealthObservation.case_id),
    before="contacts",
)
add_tab(
    CaseView,
    PageTab(
        "symptoms",
        _GRAPH,
        "observation",
        "show",
        lambda case: url_for("CaseSymptomsView.symptoms", pk=case.id),
    ),
    before="contacts",
)
add_tab(
    ContactView,
    RelatedTab("observations", _OBSERVATIONS, "observation", HealthObservation.contact_id),
)
add_tab(
    ContactView,
    PageTab(
        "symptoms",
        _GRAPH,
        "observation",
        "show",
        lambda contact: url_for("ContactSymptomsView.symptoms", pk=contact.id),
    ),
)
add_column(
    ContactView, ComputedColumn("level", Label("直近の状態", "Latest level"), latest_levels, "code")
)
