"""The call sheet: everything somebody needs on the telephone, on one page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from sqlalchemy import select

from app.cases.header import header_of as case_header
from app.contacts.header import header_of as contact_header
from app.core import clock
from app.core.db import db
from app.core.fields import CodeField, CodesField, InstantField, LongTextField, Required
from app.core.forms import ItemForm, form_for
from app.core.pages import PersonHeader
from app.followup.board_rows import (
    call_words,
    day_words,
    moment,
    risk_factors,
    wanted_words,
)
from app.followup.calls import FollowUpCall
from app.followup.codes import CALL_RESULT, EMERGENCY_SYMPTOM, REPORTER
from app.followup.models import HealthObservation
from app.followup.plans import ObservationPlan
from app.followup.queries import calls_of_case
from app.followup.symptoms import SymptomPage, page_of, subject_of_case, subject_of_contact
from app.security.actor import Actor
from app.security.fields import MASKED

CALLS = 5
LINES = 6


class _Base(ItemForm):
    """What came of the call; the values heard are the report of this part of the day."""

    result = CodeField(_l("Result of the call"), [Required()], codes=CALL_RESULT, blank=False)
    again_at = InstantField(
        _l("Call again at"), description=_l("Needed for “call again”; at most seven days ahead.")
    )
    remarks = LongTextField(_l("What was said"), max_length=2000, rows=3)


_VALUES = ("temperature", "spo2", "symptoms")
CallForm: Any = form_for(
    HealthObservation,
    (*_VALUES, "emergency_symptoms"),
    base=_Base,
    fields={
        "emergency_symptoms": CodesField(_l("Emergency symptoms"), codes=EMERGENCY_SYMPTOM),
    },
)


@dataclass(frozen=True, slots=True)
class CallSheet:
    """What ``followup/call.html`` shows above the form."""

    title: str
    header: PersonHeader
    phones: tuple[tuple[str, str], ...]
    phones_masked: bool
    facts: tuple[tuple[str, str], ...]
    risks: tuple[str, ...]
    course: SymptomPage
    calls: tuple[tuple[str, str, str, str, str], ...]
    graph_url: str
    plan_url: str
    charts: tuple[Markup, ...]
    last_call: str
    suggested: str


def sheet_of(plan: ObservationPlan, actor: Actor) -> CallSheet:
    """The sheet of one person."""
    subject = plan.subject
    is_case = plan.case_id is not None
    header = case_header(plan.case) if plan.case is not None else contact_header(subject)
    course = page_of(
        subject_of_case(plan.case, actor) if plan.case is not None else subject_of_contact(subject),
        header=header,
        tabs=(),
        crumbs=(),
        actions=(),
        url_of=lambda seen: url_for("ObservationView.show", pk=seen.id),
    )
    person = subject.person
    numbers = [
        (str(label), getattr(person, name, None))
        for name, label in (("mobile_phone", _("Mobile")), ("home_phone", _("Home")))
    ]
    door = "CaseSymptomsView.symptoms" if is_case else "ContactSymptomsView.symptoms"
    return CallSheet(
        title=_("Call sheet"),
        header=header,
        phones=tuple((label, n) for label, n in numbers if isinstance(n, str) and n),
        phones_masked=any(number is MASKED for _label, number in numbers),
        facts=_facts(plan),
        risks=risk_factors(subject),
        course=course,
        calls=tuple(_call(call) for call in calls_to(plan)),
        graph_url=url_for(door, pk=subject.id),
        plan_url=url_for("PlanView.show", pk=plan.id),
        charts=course.charts[1:3],
        last_call=call_words(plan)[0],
        suggested=f"{clock.in_japan(clock.now() + timedelta(hours=2)):%Y-%m-%dT%H:%M}",
    )


def calls_to(plan: ObservationPlan) -> Sequence[FollowUpCall]:
    """The latest calls, newest first; to a case also those from when it was a contact."""
    subject = (
        calls_of_case(plan.case_id)
        if plan.case_id is not None
        else FollowUpCall.contact_id == plan.contact_id
    )
    statement = select(FollowUpCall).where(subject).order_by(FollowUpCall.id.desc()).limit(CALLS)
    return db.session.scalars(statement).all()


def _call(call: FollowUpCall) -> tuple[str, str, str, str, str]:
    # Masked for those who may not read what was said: then it is no text.
    words = call.remarks if isinstance(call.remarks, str) else ""
    tone = CALL_RESULT.tones[call.result]
    return moment(call.called_at), CALL_RESULT.label(call.result), tone, call.user_name, words


def _facts(plan: ObservationPlan) -> tuple[tuple[str, str], ...]:
    case = plan.case
    day = day_words(plan, clock.today())
    found: list[tuple[str, Any]] = [
        *((_("Wants a call"), words) for words in wanted_words(plan)),
        (_("Day now"), day),
        (_("Observed until"), f"{plan.ends_on:%Y/%m/%d}"),
        (_("Reported by"), REPORTER.label(plan.reporter)),
    ]
    if case is not None:
        found += [
            (_("Hospital for emergencies"), case.emergency_hospital),
            (_("Family doctor"), case.family_clinic),
            (_("Follow-up doctor"), case.follow_up_hospital),
        ]
    return tuple((label, text) for label, text in found if isinstance(text, str) and text)
