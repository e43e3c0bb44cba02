"""A handful of slips as they happen at a desk, so that the queue of data quality has work.

None of them contradicts itself, since the forms would have refused that. Each is another case of the demo's own health centre.
"""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cases.models import Case, LabTest
from app.devtools.demo.network import centre_code
from app.devtools.demo.story import SOURCE
from app.followup.models import HealthObservation
from app.institutions.models import Institution

OWN_CENTRE = "13104"
"""The municipality of the health centre whose accounts the demo prints first."""


def slip(session: Session) -> int:
    """Plant the slips; how many."""
    cases = session.scalars(
        select(Case)
        .join(Institution, Institution.id == Case.responsible_centre_id)
        .where(
            Institution.code == centre_code(OWN_CENTRE),
            Case.source_system == SOURCE,
            Case.accepted_at.is_not(None),
            Case.diagnosis_type == "confirmed",
        )
        .order_by(Case.id.desc())
        .limit(len(_SLIPS))
    ).all()
    for case, make in zip(cases, _SLIPS, strict=False):
        make(session, case)
        session.flush()
    return len(cases)


def _no_onset(_session: Session, case: Case) -> None:
    case.onset_on = None


def _no_symptom(_session: Session, case: Case) -> None:
    case.symptoms = ("none",)


def _next_town(_session: Session, case: Case) -> None:
    case.municipality_code = "13101"


def _no_municipality(_session: Session, case: Case) -> None:
    case.municipality_code = None


def _wrong_age(_session: Session, case: Case) -> None:
    case.age_years = None if case.age_years is None else (case.age_years + 10) % 100


def _no_specimen_day(session: Session, case: Case) -> None:
    for test in session.scalars(select(LabTest).where(LabTest.case_id == case.id)):
        test.collected_on = None


def _severe(_session: Session, case: Case) -> None:
    case.severity = "severe"


def _cold(session: Session, case: Case) -> None:
    seen = session.scalars(
        select(HealthObservation)
        .where(HealthObservation.case_id == case.id)
        .order_by(HealthObservation.observed_on)
        .limit(1)
    ).first()
    if seen is not None:
        seen.temperature = Decimal("33.6")


def _reported_late(_session: Session, case: Case) -> None:
    if case.diagnosed_on is not None and case.reported_on is not None:
        case.diagnosed_on -= timedelta(days=6)
        case.onset_on = case.infected_on = case.first_visit_on = None


_SLIPS: tuple[Callable[[Session, Case], None], ...] = (
    _no_onset,
    _no_specimen_day,
    _no_symptom,
    _wrong_age,
    _cold,
    _no_municipality,
    _severe,
    _next_town,
    _no_onset,
    _cold,
    _reported_late,
)
