"""Whoever cares for a patient meets the case: from the stay's entry until some days after it."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import inspect, select

from app.cases.models import CaseAccess, Stay
from app.cases.service import grant_access
from app.core import clock
from app.core.clock import TOKYO
from app.core.db import db
from app.core.errors import InvalidInput
from app.core.transaction import transaction
from app.institutions.models import Institution
from app.persons.scope import HEALTH_CENTRE_ROLES
from app.security.actor import Actor

KINDS = {
    "hospital": frozenset({"hospital", "clinic"}),
    "hotel": frozenset({"hotel"}),
}
"""Place of a stay → kinds of institution that care for patients there."""
OTHER_KINDS = frozenset({"follow_up_contractor"})
CARING = ("treating", "observing")

DAYS_AFTER = {"hospital": 14}
"""Days an institution still reads and completes the case after the patient has left: hospitals
enter after the fact (R15); a hotel's task ends with the stay."""


def care_ends_at(place: str, left_on: date) -> datetime:
    """The instant at which the access of a stay's institution ends: the first midnight in Japan
    after the last day on which it still meets the case."""
    day = left_on + timedelta(days=DAYS_AFTER.get(place, 0) + 1)
    return datetime.combine(day, time(), tzinfo=TOKYO).astimezone(UTC)


def former_institution(stay: Stay) -> int | None:
    """The institution the stay named until now; None when it names the same (ask unsaved)."""
    change: Any = inspect(stay).attrs.institution_id.history
    return change.deleted[0] if change.deleted else None


def require_place_of_care(stay: Stay, *, by: Actor) -> None:
    """Refuse a stay that would let somebody in who does not care for the patient (ask unsaved).

    The entry opens the case with its names, so a health centre is related on its own page by
    the responsible one, and only health centres say that somebody else cares.

    Raises:
        InvalidInput: an institution of another kind, closed, or named by another institution.
    """
    change: Any = inspect(stay).attrs.institution_id.history
    if stay.institution_id is None or not (change.added or stay.id is None):
        return
    with db.session.no_autoflush:
        named = db.session.get(Institution, stay.institution_id)
    problem = None
    if named is None or not named.active or named.kind not in KINDS.get(stay.place, OTHER_KINDS):
        problem = _l("This institution does not care for patients at this place.")
    elif not _may_name(named, by):
        problem = _l("Only a health centre can name another institution.")
    if problem is not None:
        raise InvalidInput({"institution_id": [problem]})


def share_with_place_of_care(stay: Stay, *, by: Actor, former_id: int | None = None) -> None:
    """Let the institution of the stay meet the case as long as its care lasts.

    A closer tie (it also notified the case, or answers for it) has no end of its own.
    ``former_id`` was named by mistake: it meets the case no longer.
    """
    with transaction() as session:
        if former_id is not None and former_id != by.institution_id:
            tie = session.scalar(
                select(CaseAccess).where(
                    CaseAccess.case_id == stay.case_id,
                    CaseAccess.institution_id == former_id,
                    CaseAccess.role.in_(CARING),
                    CaseAccess.user_id.is_(None),
                )
            )
            if tie is not None and not _stays_at(stay.case_id, former_id):
                tie.to_at = clock.now()
        if stay.institution_id is None:
            return
        role = "treating" if stay.place == "hospital" else "observing"
        access = grant_access(stay.case, stay.institution_id, role, by=by)
        if access.role in CARING:
            stays = _stays_at(stay.case_id, stay.institution_id)
            ends = [care_ends_at(s.place, s.to_on) for s in stays if s.to_on is not None]
            access.to_at = max(ends) if len(ends) == len(stays) else None


def _may_name(institution: Institution, by: Actor) -> bool:
    return by.is_system or by.role in HEALTH_CENTRE_ROLES or institution.id == by.institution_id


def _stays_at(case_id: int, institution_id: int) -> Sequence[Stay]:
    same = select(Stay).where(Stay.case_id == case_id, Stay.institution_id == institution_id)
    return db.session.scalars(same).all()
