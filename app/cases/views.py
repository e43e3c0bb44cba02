"""The case on the screen: list, show, edit, and everything that hangs under it."""

from collections.abc import Collection, Sequence
from typing import Any, ClassVar

from flask import url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, select

from app.audit.reads import record_look
from app.cases.care_access import (
    former_institution,
    may_change_stay,
    require_place_of_care,
    share_with_place_of_care,
)
from app.cases.counting import COUNTED_CASES
from app.cases.header import (
    CASES,
    case_with_header,
    crumbs_of,
    header_of,
    header_of_case_id,
    people_of_cases,
)
from app.cases.models import ActivityRecord, Case, CaseAccess, LabTest, Stay, Treatment
from app.cases.numbers import BY_NUMBER
from app.cases.rules import contradictions
from app.cases.sharing import hand_over_if_changed
from app.core.anonymity import MARK
from app.core.items import Stage, items_of
from app.core.labels import Label
from app.core.pages import Action, Crumb, PersonHeader
from app.core.sections import SYSTEM
from app.generated.cells import links_to
from app.generated.extensions import AnyTab
from app.generated.hooks import may
from app.generated.interface import PortalInterface
from app.generated.refusals import closed
from app.generated.searching import SearchBy
from app.generated.showing import PageTab, RelatedTab
from app.generated.views import GeneratedView
from app.persons.finding import by_person
from app.persons.models import Person
from app.persons.scope import IDENTITY_ROLES
from app.security.actor import Actor

# Roles that meet a case through the access table: their lists are driven by its index.
_BY_ACCESS = IDENTITY_ROLES


class CaseView(GeneratedView):
    """Cases: 患者."""

    datamodel = PortalInterface(Case)
    class_permission_name = "case"
    route_base = "/cases"
    title_label = CASES
    record_label = Label("患者情報", "Case")
    can_add_alone = False
    lists_names = True
    list_items = (
        "number",
        "status",
        "person.name",
        "person.kana",
        "sex",
        "age_years",
        "disease_id",
        "onset_on",
        "reported_on",
        "responsible_centre_id",
    )
    search_items = (
        SearchBy("number", "keyed", keyed=BY_NUMBER),
        *by_person("person"),
        SearchBy("status", "code"),
        SearchBy("severity", "code"),
        SearchBy("onset_on", "range"),
        SearchBy("reported_on", "range"),
        # What the figures lead to; see app/statistics.
        SearchBy("diagnosed_on", "range", asked=False),
        SearchBy("published_on", "range", asked=False),
        SearchBy("discharged_on", "range", asked=False),
        SearchBy("died_on", "range", asked=False),
        SearchBy("prefecture_code", "reference", asked=False),
        SearchBy("authority_id", "reference", asked=False),
        SearchBy("responsible_centre_id", "reference", asked=False),
        SearchBy("municipality_code", "reference", asked=False),
        SearchBy("sex", "code", asked=False),
        SearchBy("age_group", "code", asked=False),
        SearchBy("diagnosis_type", "code", asked=False),
        SearchBy("outcome", "code", asked=False),
        SearchBy("link_known", "code", asked=False),
        SearchBy("status", "named", asked=False, named=COUNTED_CASES),
    )
    sort_items = ("onset_on", "reported_on")
    form_items = tuple(i.name for i in items_of(Case) if i.editable)
    show_items = (
        "number",
        "status",
        *(f"person.{item.name}" for item in items_of(Person) if item.section is not SYSTEM),
        *(item.name for item in items_of(Case) if item.name not in {"number", "status", MARK}),
    )
    empty_hint = _l("No case matches. Cases appear here as soon as they are notified.")

    tabs: ClassVar[tuple[AnyTab, ...]] = (
        RelatedTab("tests", Label("検査", "Tests"), "lab_test", LabTest.case_id),
        RelatedTab("stays", Label("入院・療養先", "Places of care"), "stay", Stay.case_id),
        RelatedTab("treatments", Label("医療行為", "Treatments"), "treatment", Treatment.case_id),
        RelatedTab("activities", Label("行動歴", "Activities"), "activity", ActivityRecord.case_id),
        PageTab(
            "accesses",
            Label("関係機関", "Institutions"),
            "case",
            "relate",
            lambda case: url_for("CaseSharingView.related", pk=case.id),
        ),
    )

    def list_statement(self, actor: Actor) -> tuple[Select[Any], Any]:
        """Driven by the access index where that is how the actor meets cases."""
        if actor.role not in _BY_ACCESS:
            return select(Case), Case.id
        mine = CaseAccess.institution_id == actor.institution_id
        # What one person opened by break-glass stands on no list and leaves in no file.
        ties = select(Case).join(CaseAccess, CaseAccess.case_id == Case.id)
        statement = ties.where(mine, CaseAccess.user_id.is_(None))
        return statement, CaseAccess.case_id

    def found_statement(self, actor: Actor) -> tuple[Select[Any], Any]:
        """By the index of the number or the name: the law says which of them exist."""
        return select(Case), Case.id

    def header_for(self, record: Case) -> PersonHeader:
        """The case's own header."""
        return header_of(record)

    def people_of(self, records: Sequence[Case]) -> Collection[int]:
        """The people of the cases; cases of open data have none."""
        return {record.person_id for record in records if record.person_id is not None}

    def stage_of(self, record: Case) -> Stage | None:
        """An accepted case has passed its notification; of an anonymised one nothing is due."""
        is_open = record.number is not None and closed(record) is None
        return Stage.NOTIFICATION if is_open else None

    def looked_at(self, record: Case, actor: Actor) -> None:
        """Opening a case is a look at its person."""
        record_look(actor, door="case.show", case_id=record.id, person_id=record.person_id)

    def show_actions(self, record: Case) -> tuple[Action, ...]:
        """Identity, which has a form of its own."""
        steps = []
        is_open = record.person_id is not None and closed(record) is None
        if is_open and may("edit", "person"):
            url = url_for("PersonView.edit", pk=record.person_id)
            steps.append(Action(str(_l("Edit identity")), url, icon="person"))
        return tuple(steps)

    def save_changes(self, record: Case, by: Actor) -> None:
        """Another responsible health centre is more than another value."""
        hand_over_if_changed(record, by=by)
        super().save_changes(record, by)

    def problems_with(self, record: Case) -> dict[str, list[object]]:
        """Days, outcome and type that contradict each other."""
        return contradictions(record)


class CaseChildView(GeneratedView):
    """Records that belong to one case: they carry its header and return to its tab."""

    preset_items: ClassVar[tuple[str, ...]] = ("case_id",)
    can_add_alone = False
    case_tab = ""

    def header_for(self, record: Any) -> PersonHeader | None:
        """The header of the case the record belongs to."""
        return header_of_case_id(record.case_id)

    def crumbs_for(self, record: Any) -> tuple[Crumb, ...]:
        """Cases › this case › this list."""
        case = case_with_header(record.case_id)
        return crumbs_of(case, Crumb(str(self.title_label), self.url_after_save(record)))

    def people_of(self, records: Sequence[Any]) -> Collection[int]:
        """The people of the cases the records belong to."""
        return people_of_cases({r.case_id for r in records if r.case_id is not None})

    def looked_at(self, record: Any, actor: Actor) -> None:
        """A look at a part of a case is a look at the case."""
        record_look(actor, door=f"{self.class_permission_name}.show", case_id=record.case_id)

    def url_after_save(self, record: Any) -> str:
        """Back to the list under the case."""
        if record.case_id is None:
            return url_for("CaseView.list")
        return url_for("CaseView.show", pk=record.case_id, tab=self.case_tab)

    def url_after_delete(self, record: Any) -> str:
        """Back to the list under the case."""
        return self.url_after_save(record)


class StayView(CaseChildView):
    """Where the patient was cared for, over time: 入院・療養先."""

    datamodel = PortalInterface(Stay)
    class_permission_name = "stay"
    route_base = "/stays"
    title_label = Label("入院・療養先", "Places of care")
    case_tab = "stays"
    list_items = (
        "place",
        "institution_name",
        "department",
        "from_on",
        "to_on",
        "icu",
        "ventilator",
        "ecmo",
    )
    search_items = (SearchBy("place", "code"), SearchBy("from_on", "range"))
    sort_items = ("from_on",)
    empty_hint = _l("No place of care has been entered yet.")

    def may_change(self, record: Stay, actor: Actor) -> bool:
        """Institutions change their own stays."""
        return may_change_stay(record, actor)

    def save_new(self, record: Stay, by: Actor) -> Stay:
        """The institution that takes the patient in meets the case."""
        require_place_of_care(record, by=by)
        stored: Stay = super().save_new(record, by)
        share_with_place_of_care(stored, by=by)
        return stored

    def save_changes(self, record: Stay, by: Actor) -> None:
        """Its access follows the dates of the stay."""
        former_id = former_institution(record)
        require_place_of_care(record, by=by)
        super().save_changes(record, by)
        share_with_place_of_care(record, by=by, former_id=former_id)


class TreatmentView(CaseChildView):
    """Medical treatment after the first visit: 医療行為."""

    datamodel = PortalInterface(Treatment)
    class_permission_name = "treatment"
    route_base = "/treatments"
    title_label = Label("受診後の医療行為", "Treatments")
    case_tab = "treatments"
    list_items = ("given_on", "institution_name", "content")
    empty_hint = _l("No treatment has been entered yet.")


class ActivityView(CaseChildView):
    """What the patient did, where and with whom: 行動歴."""

    datamodel = PortalInterface(ActivityRecord)
    class_permission_name = "activity"
    route_base = "/activities"
    title_label = Label("行動歴", "Activities")
    case_tab = "activities"
    list_items = ("happened_on", "happened_time", "place", "activity", "companions")
    empty_hint = _l("No activity has been entered yet.")


links_to(Case, lambda case: url_for("CaseView.show", pk=case.id))
