"""The course of one admission, read from and written to stays, treatments and the case (R15).

What others recorded is never overwritten from here: a health centre's day of death, or a place
of care it named, is told to the hospital in a sentence instead.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.audit.causes import reason
from app.audit.history import because
from app.cases.care_access import (
    former_institution,
    may_change_stay,
    require_place_of_care,
    share_with_place_of_care,
)
from app.cases.hospital_rules import (
    NEXT_PLACE,
    HospitalCourse,
    KnownEnd,
    Problems,
    problems_of,
)
from app.cases.models import Case, Stay, Treatment
from app.cases.rules import contradictions
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidInput, NotAllowed, NotVisible
from app.core.labels import Label
from app.core.transaction import transaction
from app.institutions.models import Institution
from app.security.actor import Actor
from app.security.rights import require
from app.security.roles import HEALTH_CENTRE_ROLES

ENTERED = reason("hospital_course", Label("入院経過の入力", "Course in hospital entered"))
_ELSEWHERE = {"to_on": "ended_on"}
"""Item of a stay → where the form asks for it."""


@dataclass(frozen=True, slots=True)
class Records:
    """What the course of an admission is read from; ``stay`` is None before it is entered."""

    case: Case
    stay: Stay | None
    stays: Sequence[Stay]
    treatment: Treatment | None

    @property
    def following(self) -> Stay | None:
        """The place of care the patient went to on the day this admission ended."""
        stay = self.stay
        if stay is None or stay.to_on is None:
            return None
        later = (
            one
            for one in self.stays
            if one.id != stay.id and one.from_on == stay.to_on and one.place != "waiting"
        )
        return next(later, None)


def stays_of(case: Case) -> Sequence[Stay]:
    """All places of care of the case as they stand in the database now, oldest first."""
    found = select(Stay).where(Stay.case_id == case.id).order_by(Stay.from_on, Stay.id)
    return db.session.scalars(found.execution_options(populate_existing=True)).all()


def admissions_in(stays: Sequence[Stay], by: Actor) -> list[Stay]:
    """The admissions the actor may enter, oldest first: for a hospital its own ones."""
    named = (s for s in stays if s.place == "hospital" and s.institution_id is not None)
    return [stay for stay in named if may_change_stay(stay, by)]


def records_of(case: Case, stay: Stay | None, stays: Sequence[Stay]) -> Records:
    """The admission with all that belongs to it."""
    treatment = None
    if stay is not None:
        given = select(Treatment).where(
            Treatment.case_id == case.id,
            Treatment.institution_name == stay.institution_name,
            Treatment.given_on == stay.from_on,
        )
        treatment = db.session.scalars(given.order_by(Treatment.id)).first()
    return Records(case, stay, stays, treatment)


def course_of(records: Records) -> HospitalCourse:
    """What is recorded of the admission, as the form shows it."""
    stay, following = records.stay, records.following
    if stay is None:
        return HospitalCourse()
    ending = _ending_of(records)
    return HospitalCourse(
        institution_id=stay.institution_id,
        from_on=stay.from_on,
        icu=stay.icu,
        ventilator=stay.ventilator,
        ecmo=stay.ecmo,
        treatment=records.treatment.content if records.treatment else None,
        ending=ending,
        ended_on=stay.to_on,
        transferred_to=following.institution_name if following and ending in NEXT_PLACE else None,
    )


def save_course(records: Records, course: HospitalCourse, *, by: Actor) -> Stay:
    """Write the course: the stay, its end, where the patient went, the treatment, the outcome.

    Raises:
        NotAllowed: the role enters none, or it is another hospital's admission.
        InvalidInput: it contradicts itself or what others recorded.
    """
    require(by, "edit", "hospital_course")
    case, former = records.case, course_of(records)
    if records.stay is not None and not may_change_stay(records.stay, by):
        raise NotAllowed(_l("This stay belongs to another institution."))
    problems = problems_of(course, former, _known_end(case, former), clock.today())
    if problems:
        raise InvalidInput(problems)
    before = contradictions(case)
    with because(ENTERED()), transaction() as session:
        following = records.following if former.ending in NEXT_PLACE else None
        stay, former_id = _write_stay(records, course, by)
        _write_treatment(records, stay, course)
        _write_next_place(records, following, course)
        _write_outcome(case, former, course)
        session.flush()
        _refuse_new(contradictions(case), before)
        # Last: an end that lies long ago ends the hospital's own access at once.
        share_with_place_of_care(stay, by=by, former_id=former_id)
    return stay


def admission_or_404(admissions: Sequence[Stay], key: int) -> Stay:
    """The admission with this key. Raises NotVisible: none the actor may enter."""
    for stay in admissions:
        if stay.id == key:
            return stay
    raise NotVisible(_l("There is no such record."))


def _ending_of(records: Records) -> str | None:
    case, stay, following = records.case, records.stay, records.following
    if stay is None or stay.to_on is None:
        return None
    if case.outcome == "died" and case.died_on == stay.to_on:
        return "died"
    if case.outcome == "recovered" and case.discharged_on == stay.to_on:
        return "recovered"
    places = {place: ending for ending, place in NEXT_PLACE.items()}
    return None if following is None else places.get(following.place)


def _known_end(case: Case, former: HospitalCourse) -> KnownEnd:
    """How the case ended, except for what this admission itself said before."""
    return KnownEnd(
        died_on=None if former.ending == "died" else case.died_on,
        discharged_on=None if former.ending == "recovered" else case.discharged_on,
    )


def _refuse_new(found: Problems, before: Problems) -> None:
    """Contradictions of the case that this end brings; those it had are not the hospital's."""
    new = [
        s for name, sentences in found.items() for s in sentences if s not in before.get(name, [])
    ]
    if new:
        raise InvalidInput({"ended_on": new})


def _write_stay(records: Records, course: HospitalCourse, by: Actor) -> tuple[Stay, int | None]:
    # A new record stands outside the session until it is known to be allowed.
    stay = records.stay or Stay(case_id=records.case.id, place="hospital")
    own = by.institution_id if by.role not in HEALTH_CENTRE_ROLES else course.institution_id
    _set(stay, institution_id=own, from_on=course.from_on, to_on=course.ended_on)
    _set(stay, icu=course.icu, ventilator=course.ventilator, ecmo=course.ecmo)
    adding = records.stay is None
    former_id = None if adding else former_institution(stay)
    try:
        require_place_of_care(stay, by=by)
    except InvalidInput as refused:
        raise InvalidInput(_at_the_form(refused.problems)) from refused
    if adding or former_id is not None:
        with db.session.no_autoflush:
            named = None if own is None else db.session.get(Institution, own)
        if named is None:
            raise InvalidInput({"institution_id": [_l("Choose the hospital.")]})
        _set(stay, institution_name=named.name, institution_address=named.address)
    db.session.add(stay)
    db.session.flush()
    return stay, former_id


def _write_treatment(records: Records, stay: Stay, course: HospitalCourse) -> None:
    treatment = records.treatment
    if treatment is None:
        if not course.treatment:
            return
        treatment = Treatment(case_id=records.case.id)
        db.session.add(treatment)
    _set(
        treatment,
        given_on=stay.from_on,
        institution_name=stay.institution_name,
        content=course.treatment,
    )


def _write_next_place(records: Records, following: Stay | None, course: HospitalCourse) -> None:
    """The place the patient went to: entered, corrected or taken back with the ending."""
    place = NEXT_PLACE.get(course.ending or "")
    wanted = {"place": place, "from_on": course.ended_on, "institution_name": course.transferred_to}
    if following is None:
        if place is not None and not _entered_there_already(records, place, course):
            db.session.add(Stay(case_id=records.case.id, **wanted))
        return
    if all(getattr(following, name) == value for name, value in wanted.items()):
        return
    if following.institution_id is not None or following.to_on is not None:
        raise InvalidInput({"ending": [_NAMED]})
    if place is None:
        db.session.delete(following)
    else:
        _set(following, **wanted)


def _entered_there_already(records: Records, place: str, course: HospitalCourse) -> bool:
    """The receiving place was quicker: its own record says the same."""
    own = records.stay
    return any(
        one.place == place and one.from_on == course.ended_on
        for one in records.stays
        if own is None or one.id != own.id
    )


_NAMED = _l(
    "The next place of care was recorded with its institution or end. "
    "Correct it under “Places of care” or ask the health centre."
)


def _write_outcome(case: Case, former: HospitalCourse, course: HospitalCourse) -> None:
    """Outcome and day of the case; taken back where this admission had said so before."""
    if former.ending == "died" and course.ending != "died":
        _set(case, outcome=None, died_on=None)
    if former.ending == "recovered" and course.ending != "recovered":
        _set(case, outcome=None, discharged_on=None)
    if course.ending == "died":
        _set(case, outcome="died", died_on=course.ended_on)
    if course.ending == "recovered":
        _set(case, outcome="recovered", discharged_on=course.ended_on)


def _set(record: Any, **values: Any) -> None:
    """Touch only what changes, so that an untouched record keeps its version."""
    for name, value in values.items():
        if getattr(record, name) != value:
            setattr(record, name, value)


def _at_the_form(problems: Any) -> Problems:
    return {_ELSEWHERE.get(name, name): list(found) for name, found in problems.items()}
