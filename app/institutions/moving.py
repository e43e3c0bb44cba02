"""An institution moves below another one from a day on; where it stood before is kept.

Cases and figures stay with the authority they had: they were its work. What is notified from
that day on belongs to the new one.
"""

from collections.abc import Sequence
from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.audit.history import because
from app.audit.signing import signature_of
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidInput, NotAllowed
from app.core.transaction import transaction
from app.institutions.models import Institution, InstitutionPlacement
from app.institutions.rules import EVER, InstitutionKind, may_stand_below
from app.institutions.service import reason_of
from app.institutions.tree import is_in_branch, require_managed
from app.security.actor import Actor


def move_institution(
    institution: Institution, *, parent: Institution, from_on: date, reason: str, by: Actor
) -> InstitutionPlacement:
    """Put the institution below ``parent`` from a day on; a move to come can be decided anew.

    Raises:
        NotAllowed: the actor manages not both of them.
        InvalidInput: a place where the kind cannot stand, a closed one, the present one, a day
            in the past, or no reason.
    """
    require_managed(by, institution, "move")
    if not is_in_branch(parent.id, by):
        raise NotAllowed(_l("Your institution does not manage this one."), field="parent_id")
    said = reason_of(reason)
    problems: dict[str, list[object]] = {}
    if not may_stand_below(institution.kind, parent.kind):
        problems["parent_id"] = [_l("This kind of institution cannot stand here.")]
    elif not parent.active:
        problems["parent_id"] = [_l("This institution is closed.")]
    elif parent.id == institution.parent_id:
        problems["parent_id"] = [_l("It stands below this institution already.")]
    if from_on < clock.today():
        problems["from_on"] = [_l("The day must not be in the past.")]
    if problems:
        raise InvalidInput(problems)
    with because(said), transaction():
        placement = _placed(institution, parent, from_on, said, by)
        if from_on <= clock.today():
            _apply(placement)
    return placement


def placements_of(institution: Institution) -> Sequence[InstitutionPlacement]:
    """Where it stood and will stand, the latest first; empty if it was never moved."""
    statement = (
        select(InstitutionPlacement)
        .where(InstitutionPlacement.institution_id == institution.id)
        .options(joinedload(InstitutionPlacement.parent))
        .order_by(InstitutionPlacement.from_on.desc())
    )
    return db.session.scalars(statement).all()


def apply_due(today: date) -> int:
    """Carry out the moves whose day has come; the number of institutions moved."""
    due = (
        select(InstitutionPlacement)
        .where(InstitutionPlacement.applied_at.is_(None), InstitutionPlacement.from_on <= today)
        .order_by(InstitutionPlacement.from_on)
    )
    with transaction():
        found = db.session.scalars(due).all()
        for placement in found:
            with because(placement.reason):
                _apply(placement)
    return len(found)


def _placed(
    institution: Institution, parent: Institution, from_on: date, reason: str, by: Actor
) -> InstitutionPlacement:
    with transaction() as session:
        known = placements_of(institution)
        if not known and institution.parent_id is not None:
            session.add(
                InstitutionPlacement(
                    institution_id=institution.id,
                    parent_id=institution.parent_id,
                    from_on=EVER,
                    applied_at=clock.now(),
                )
            )
        for waiting in known:
            if waiting.applied_at is None:
                session.delete(waiting)
        session.flush()
        same_day = next((p for p in known if p.applied_at and p.from_on == from_on), None)
        placement = same_day or InstitutionPlacement(institution_id=institution.id, from_on=from_on)
        placement.parent_id = parent.id
        placement.reason, placement.applied_at = reason, None
        placement.decided_at, placement.decided_by = clock.now(), signature_of(by)[:100]
        session.add(placement)
        session.flush()
        return placement


def _apply(placement: InstitutionPlacement) -> None:
    with transaction() as session:
        institution = session.get_one(Institution, placement.institution_id)
        parent = session.get_one(Institution, placement.parent_id)
        institution.parent_id = parent.id
        placement.applied_at = clock.now()
        _follow(institution, parent.authority_id, parent.prefecture_code)
        session.flush()


def _follow(
    institution: Institution, authority_id: int | None, prefecture_code: str | None
) -> None:
    """Authority and prefecture of the institution and of everything below it."""
    if institution.kind != InstitutionKind.AUTHORITY:
        institution.authority_id = authority_id
    institution.prefecture_code = prefecture_code
    below = select(Institution).where(Institution.parent_id == institution.id)
    for child in db.session.scalars(below):
        _follow(child, institution.authority_id, prefecture_code)
