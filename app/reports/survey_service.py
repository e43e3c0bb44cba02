"""Typing the numbers of the survey, and declaring them complete."""

from collections.abc import Mapping
from datetime import date, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.audit.signing import signature_of
from app.core import clock
from app.core.errors import InvalidInput, InvalidState, NotVisible
from app.core.transaction import transaction
from app.institutions.models import Institution
from app.reports.models import CareSurvey
from app.reports.survey import SurveyRow, survey_rows
from app.security.actor import Actor
from app.security.rights import require
from app.statistics.areas import Area, own_area
from app.statistics.queries import FAMILY
from app.statistics.weekly_survey import NUMBERS, day_of_survey

OLDEST = timedelta(days=366)


def survey_row(wednesday: date, authority_id: int, *, by: Actor) -> SurveyRow:
    """One authority's numbers.

    Raises:
        NotVisible: not an authority of the actor's own area, or not a Wednesday of the last year.
    """
    check_wednesday(wednesday)
    own = own_area(by)
    if own.centre_id is not None or own.authority_id not in (None, authority_id):
        raise NotVisible(_l("There is no such record."))
    area = Area(own.prefecture_code, authority_id)
    rows = survey_rows(area, wednesday, family=FAMILY)
    found = next((row for row in rows if row.authority_id == authority_id), None)
    if found is None or own.prefecture_code not in (None, found.prefecture):
        raise NotVisible(_l("There is no such record."))
    return found


def check_wednesday(day: date) -> None:
    """Raises NotVisible for a day that is no Wednesday, still to come, or over a year old."""
    today = clock.today()
    # A day within the calendar's first week has no Wednesday before it.
    if day > today or day < today - OLDEST or day != day_of_survey(day):
        raise NotVisible(_l("There is no such page."))


def save_numbers(
    wednesday: date, authority_id: int, numbers: Mapping[str, int | None], *, by: Actor
) -> CareSurvey:
    """Keep what was typed; None lets the portal's own number stand. What was complete is open
    again.

    Raises:
        NotAllowed, NotVisible: see :func:`survey_row`.
        InvalidInput: a part is more than its whole.
    """
    require(by, "edit", "care_survey")
    with transaction() as session:
        row = survey_row(wednesday, authority_id, by=by)
        _check(row, numbers)
        saved = row.saved
        if saved is None:
            code = session.scalar(
                select(Institution.prefecture_code).where(Institution.id == authority_id)
            )
            saved = CareSurvey(survey_on=wednesday, authority_id=authority_id, prefecture_code=code)
            session.add(saved)
        for name in NUMBERS:
            setattr(saved, name, numbers.get(name))
        saved.sent = saved.sent_at = saved.sent_by = None
    return saved


def declare_complete(wednesday: date, authority_id: int, *, by: Actor) -> CareSurvey:
    """Say that the numbers are complete; they are kept as they stand now.

    Raises:
        NotAllowed, NotVisible: see :func:`survey_row`.
        InvalidState: they were declared complete already.
    """
    require(by, "edit", "care_survey")
    with transaction() as session:
        row = survey_row(wednesday, authority_id, by=by)
        saved = row.saved
        if saved is None:
            saved = CareSurvey(
                survey_on=wednesday, authority_id=authority_id, prefecture_code=row.prefecture
            )
            session.add(saved)
        elif saved.sent_at is not None:
            raise InvalidState(_l("These numbers have been declared complete already."))
        saved.sent = dict(row.shown)
        saved.sent_at, saved.sent_by = clock.now(), signature_of(by)[:100]
    return saved


def _check(row: SurveyRow, numbers: Mapping[str, int | None]) -> None:
    shown = {
        name: row.known[name] if numbers.get(name) is None else numbers[name] for name in NUMBERS
    }
    problems: dict[str, list[object]] = {}
    for part, whole in PARTS:
        of_part, of_whole = shown[part], shown[whole]
        typed = numbers.get(part) is not None or numbers.get(whole) is not None
        if typed and of_part is not None and of_whole is not None and of_part > of_whole:
            field = part if numbers.get(part) is not None else whole
            problems[field] = [
                _l("A part cannot be more than its whole (%(whole)s).", whole=of_whole)
            ]
    if problems:
        raise InvalidInput(problems)


PARTS = (
    ("hospital_temporary", "hospital"),
    ("severe", "hospital"),
    ("severe_temporary", "severe"),
    ("hotel_part", "hotel"),
    ("social_facility", "home"),
    ("beds_usable", "beds_secured"),
    ("severe_beds_usable", "severe_beds_secured"),
    ("severe_beds_secured", "beds_secured"),
)
"""(part, whole) of the form. Who lies in secured beds may be more than the portal knows of."""
