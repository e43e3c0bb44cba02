"""The case opens to the place that takes the patient, and closes when nothing comes of it.

A place does not see the case before, and whoever coordinates does not see the identity: so the
portal itself, not the person whose step it follows from, keeps the tie.
"""

from sqlalchemy import select

from app.cases.care_access import CARING
from app.cases.models import Case, CaseAccess, Stay
from app.cases.service import grant_access
from app.coordination.models import PlacementOffer
from app.core import clock
from app.core.db import db
from app.institutions.models import Institution
from app.security.actor import Actor, acting_as, system_actor

_OPENING = system_actor("places of care")


def let_in(offer: PlacementOffer, *, by: Actor) -> None:
    """Let the place that accepted meet the case, remembering whether it did before."""
    session = db.session()
    with acting_as(_OPENING):
        case = session.get(Case, offer.case_id)
        place = session.get(Institution, offer.institution_id)
        if case is None or place is None:
            return
        former = _access(offer)
        until = None if former is None else former.to_at
        running = former is not None and (until is None or until > clock.now())
        role = "treating" if place.kind == "hospital" else "observing"
        grant_access(case, place.id, role, by=by)
        offer.opened_case, offer.access_until = not running, until if running else None
        session.flush()
        session.expire(case)


def let_out(offer: PlacementOffer, *, by: Actor) -> None:
    """Take back what the acceptance gave, unless the patient stays or stayed there."""
    session = db.session()
    with acting_as(_OPENING):
        access = _access(offer)
        there = select(Stay.id).where(
            Stay.case_id == offer.case_id, Stay.institution_id == offer.institution_id
        )
        if access is None or offer.opened_case is None or access.role not in CARING:
            return
        if offer.opened_case and session.scalars(there).first() is None:
            access.to_at = clock.now()
        elif not offer.opened_case and access.to_at is None:
            access.to_at = offer.access_until
        session.flush()


def _access(offer: PlacementOffer) -> CaseAccess | None:
    return db.session.scalars(
        select(CaseAccess).where(
            CaseAccess.case_id == offer.case_id,
            CaseAccess.institution_id == offer.institution_id,
            CaseAccess.user_id.is_(None),
        )
    ).first()
