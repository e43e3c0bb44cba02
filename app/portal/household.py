"""What a household sees and does: its members, their reports, and reporting.

Everything here runs in the name of the household itself (see ``app.security.household``): a
case or contact that is not on its open link does not exist.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from app.cases.models import Case
from app.contacts.models import Contact
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidInput, InvalidState
from app.followup import service as followup
from app.followup.models import HealthObservation
from app.followup.plan_rules import Slot, slot_at
from app.followup.plans import ObservationPlan
from app.institutions.models import Institution
from app.portal.models import LinkMember, PatientLink, PatientPageRule
from app.portal.opening import CHECK
from app.security.actor import acting_as, current_actor

OWN = ("patient", "family")
"""Reports the household itself made; what staff entered is not shown to it (R33)."""
DAYS_SHOWN = 30


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody the link reports for, and how far the day has come for them."""

    place: int
    name: str
    subject: Case | Contact
    slot: Slot | None
    """The report that is asked for now; None when none is (ended, in hospital)."""
    present: HealthObservation | None
    """What was reported for that slot already."""
    latest: HealthObservation | None
    """The household's report before it: what the form starts from."""
    starts_on: date | None = None
    ends_on: date | None = None

    @property
    def is_case(self) -> bool:
        """Cases are asked for the oxygen saturation as well."""
        return isinstance(self.subject, Case)

    @property
    def was_well(self) -> bool:
        """No symptom in the report before, or none yet: "the same" can mean "no symptoms"."""
        last = self.latest
        return last is None or not (last.symptoms or last.emergency_symptoms)


def members_of(link_id: int) -> list[Member]:
    """The members of the link, in order; five statements however many they are."""
    found = db.session.scalars(
        select(LinkMember).where(LinkMember.link_id == link_id).order_by(LinkMember.position)
    ).all()
    subjects = _subjects(found)
    cases = {one.id for one in subjects if isinstance(one, Case)}
    contacts = {one.id for one in subjects if isinstance(one, Contact)}
    plans = _by_subject(
        db.session.scalars(
            select(ObservationPlan).where(
                or_(ObservationPlan.case_id.in_(cases), ObservationPlan.contact_id.in_(contacts))
            )
        ).all()
    )
    reports: dict[Any, list[HealthObservation]] = {}
    for one in db.session.scalars(_reports(cases, contacts)).all():
        reports.setdefault((one.case_id, one.contact_id), []).append(one)
    return [
        _member(place, one, plans.get(_key(one)), reports.get(_key(one), []))
        for place, one in enumerate(subjects)
    ]


def report_for(member: Member, values: Mapping[str, Any], *, slot: Slot | None = None) -> None:
    """Send the report of one member.

    Raises:
        InvalidInput: by item name. InvalidState: nothing is asked for (any more).
    """
    actor = current_actor()
    assert actor is not None
    asked = slot or member.slot
    if asked is None:
        raise InvalidState("over")
    followup.report(
        by=actor,
        subject=member.subject,
        slot=asked,
        values=values,
        source="web",
        entered_by="patient" if member.place == 0 else "family",
    )


def all_well(members: Sequence[Member], temperatures: Mapping[int, str]) -> dict[int, object]:
    """Report "no symptoms" for everybody who was well and has not been reported; place →
    problem for those whose temperature cannot be.

    What was measured is what was typed: a value of yesterday is never reported as today's.
    """
    problems: dict[int, object] = {}
    for member in members:
        if member.slot is None or member.present is not None or not member.was_well:
            continue
        values = {
            "temperature": temperatures.get(member.place),
            "symptoms": (),
            "emergency_symptoms": (),
        }
        try:
            report_for(member, values)
        except InvalidInput as refused:
            problems[member.place] = refused
    return problems


def own_reports(members: Sequence[Member]) -> dict[int, list[HealthObservation]]:
    """Place → what the household reported, newest first."""
    cases = {m.subject.id for m in members if m.is_case}
    contacts = {m.subject.id for m in members if not m.is_case}
    found: dict[Any, list[HealthObservation]] = {}
    for one in db.session.scalars(_reports(cases, contacts)).all():
        if one.entered_by_kind in OWN:
            found.setdefault((one.case_id, one.contact_id), []).append(one)
    return {m.place: list(reversed(_sorted(found.get(_key(m.subject), [])))) for m in members}


def centre_of(link: PatientLink) -> Institution | None:
    """The health centre that answers; also before the birth date, when nobody acts yet."""
    with acting_as(CHECK):
        return db.session.get(Institution, link.institution_id)


def sees_graph(centre: Institution | None) -> bool:
    """True where the authority of the health centre lets people see their own graph (R33)."""
    if centre is None or centre.authority_id is None:
        return False
    rule = PatientPageRule
    with acting_as(CHECK):
        found = db.session.scalar(
            select(rule.graph_for).where(rule.institution_id == centre.authority_id)
        )
    return found == "household"


def _subjects(members: Sequence[LinkMember]) -> list[Case | Contact]:
    """Cases and contacts in order; a contact that became a case is that case."""
    contact_ids = [m.contact_id for m in members if m.contact_id is not None]
    contacts = {
        one.id: one
        for one in db.session.scalars(
            select(Contact).where(Contact.id.in_(contact_ids)).options(joinedload(Contact.person))
        ).unique()
    }
    case_ids = {m.case_id for m in members if m.case_id is not None}
    case_ids |= {one.case_id for one in contacts.values() if one.case_id is not None}
    cases = {
        one.id: one
        for one in db.session.scalars(
            select(Case).where(Case.id.in_(case_ids)).options(joinedload(Case.person))
        ).unique()
    }
    found: list[Case | Contact] = []
    for member in members:
        contact = contacts.get(member.contact_id or 0)
        key = member.case_id if contact is None else contact.case_id
        one = contact if key is None else cases.get(key)
        if one is not None and one not in found:
            found.append(one)
    return found


def _reports(cases: set[int], contacts: set[int]) -> Any:
    seen = HealthObservation
    return select(seen).where(or_(seen.case_id.in_(cases), seen.contact_id.in_(contacts)))


def _by_subject(plans: Sequence[ObservationPlan]) -> dict[Any, ObservationPlan]:
    return {(plan.case_id, plan.contact_id): plan for plan in plans}


def _key(subject: Case | Contact) -> tuple[int | None, int | None]:
    return (subject.id, None) if isinstance(subject, Case) else (None, subject.id)


def _member(
    place: int,
    subject: Case | Contact,
    plan: ObservationPlan | None,
    reports: list[HealthObservation],
) -> Member:
    slot = None
    if plan is not None and plan.status == "active" and plan.ends_on >= clock.today():
        slot = slot_at(clock.now(), plan.times_per_day)
    ordered = _sorted(reports)
    present, before = None, None
    for one in ordered:
        if slot is not None and (one.observed_on, one.part_of_day) == (slot.on, slot.part):
            present = one
        elif one.entered_by_kind in OWN:
            before = one
    person = subject.person
    return Member(
        place=place,
        name=(person.name if person is not None else None) or f"#{place + 1}",
        subject=subject,
        slot=slot,
        present=present,
        latest=before,
        starts_on=plan.starts_on if plan is not None else None,
        ends_on=plan.ends_on if plan is not None else None,
    )


def _sorted(reports: list[HealthObservation]) -> list[HealthObservation]:
    order = {"morning": 0, "once": 1, "evening": 2}
    return sorted(reports, key=lambda one: (one.observed_on, order.get(one.part_of_day, 1)))
