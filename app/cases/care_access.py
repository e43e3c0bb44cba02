"""Whoever notified or cares for a patient meets the case: from the first day until some days
after the last (``ending.py``)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import inspect, select

from app.cases.ending import care_ends_at, end_problem, has_ended, reporting_ends_at
from app.cases.models import Case, CaseAccess, Stay
from app.cases.service import grant_access
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidInput, NotAllowed
from app.core.transaction import transaction
from app.institutions.models import Institution
from app.security.actor import Actor
from app.security.roles import HEALTH_CENTRE_ROLES

KINDS = {
    "hospital": frozenset({"hospital", "clinic"}),
    "hotel": frozenset({"hotel"}),
}
"""Place of a stay → kinds of institution that care for patients there."""
OTHER_KINDS = frozenset({"follow_up_contractor"})
CARING = ("treating", "observing")
ENDING = ("reporting", *CARING)
"""Ties that end; the health centres' own do not."""


def former_institution(stay: Stay) -> int | None:
    """The institution the stay named until now; None when it names the same (ask unsaved)."""
    change: Any = inspect(stay).attrs.institution_id.history
    return change.deleted[0] if change.deleted else None


def may_change_stay(stay: Stay, by: Actor) -> bool:
    """True for health centres, and for the institution whose stay it is."""
    own = stay.institution_id is None or stay.institution_id == by.institution_id
    return own or _decides(by)


def require_place_of_care(stay: Stay, *, by: Actor) -> None:
    """Refuse a stay that would let somebody in who does not care for the patient, or keep
    somebody in whose care is over (ask unsaved).

    The entry opens the case with its names, so a health centre is related on its own page by
    the responsible one, and only health centres say that somebody else cares.

    Raises:
        NotAllowed: another institution's stay.
        InvalidInput: an institution of another kind, closed, or named by another institution;
            an end that would prolong the institution's own access.
    """
    _require_end(stay, by)
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
        if access.role in ENDING:
            access.to_at = _end_of(access, stay.case)


def let_reporting_end(case: Case) -> None:
    """Set when the reporting institution meets the case no longer, once its notification has
    been accepted or withdrawn; care that lasts longer keeps it."""
    reporting = select(CaseAccess).where(
        CaseAccess.case_id == case.id, CaseAccess.role == "reporting"
    )
    # What the step changed besides is written with the new end, in one flush.
    with transaction() as session, session.no_autoflush:
        for access in session.scalars(reporting):
            access.to_at = _end_of(access, case)


def _end_of(access: CaseAccess, case: Case) -> datetime | None:
    """The latest of what the tie rests on; None while one of it has no end yet."""
    stays = _stays_at(case.id, access.institution_id)
    ends = [None if s.to_on is None else care_ends_at(s.place, s.to_on) for s in stays]
    if access.role == "reporting":
        ends.append(_reporting_end(case))
    lasting = [end for end in ends if end is not None]
    return max(lasting) if lasting and len(lasting) == len(ends) else None


def _reporting_end(case: Case) -> datetime | None:
    decided = case.accepted_at
    if decided is None and case.notification_state == "withdrawn":
        decided = clock.now()
    return None if decided is None else reporting_ends_at(clock.in_japan(decided).date())


def _require_end(stay: Stay, by: Actor) -> None:
    """Only a health centre opens an ended stay again, or moves its end far."""
    state: Any = inspect(stay).attrs
    today = clock.today()
    if _decides(by):
        stay.first_to_on = stay.to_on
        return
    if stay.id is None:
        _require_no_second_stay(stay, by)
        stay.first_to_on = stay.to_on
        return
    former, owner = _stored(state.to_on, stay.to_on), former_institution(stay)
    if (owner or stay.institution_id) not in (None, by.institution_id):
        raise NotAllowed(_l("This stay belongs to another institution."))
    if not has_ended(former, today):
        stay.first_to_on = stay.to_on
        return
    if owner is not None or state.place.history.has_changes():
        raise InvalidInput({"institution_id": [_only_centre()]})
    if end_problem(former, stay.to_on, first=stay.first_to_on, today=today) is not None:
        raise InvalidInput({"to_on": [_only_centre()]})


def _require_no_second_stay(stay: Stay, by: Actor) -> None:
    """A further stay at the same place of care would keep its institution in for ever."""
    if stay.institution_id is None or stay.institution_id != by.institution_id:
        return
    with db.session.no_autoflush:
        earlier = _stays_at(stay.case_id, stay.institution_id)
    today = clock.today()
    if not earlier or not all(has_ended(one.to_on, today) for one in earlier):
        return
    ends = [one.first_to_on or one.to_on for one in earlier]
    last = max(end for end in ends if end is not None)
    if end_problem(last, stay.to_on, first=last, today=today) is not None:
        raise InvalidInput({"to_on": [_only_centre()]})


def _only_centre() -> object:
    return _l("This stay is over. Ask the health centre to open it again or to move its end.")


def _stored(attribute: Any, current: Any) -> Any:
    former = attribute.history.deleted
    return former[0] if former else current


def _decides(by: Actor) -> bool:
    return by.is_system or by.role in HEALTH_CENTRE_ROLES


def _may_name(institution: Institution, by: Actor) -> bool:
    return _decides(by) or institution.id == by.institution_id


def _stays_at(case_id: int, institution_id: int) -> Sequence[Stay]:
    same = select(Stay).where(Stay.case_id == case_id, Stay.institution_id == institution_id)
    return db.session.scalars(same).all()
