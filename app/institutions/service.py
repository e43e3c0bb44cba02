"""Verbs on institutions: registering, correcting, closing, giving a centre its area."""

from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.audit.history import because
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidInput, InvalidState, NotAllowed
from app.core.japanese import to_katakana
from app.core.transaction import transaction
from app.institutions.models import CentreArea, Institution, Municipality
from app.institutions.populations import keep_populations
from app.institutions.queries import (
    areas_in_force,
    default_centre_for,
    has_open_below,
    institution_by_code,
)
from app.institutions.rules import EVER, InstitutionKind, is_managed_by, may_stand_below
from app.institutions.tree import is_in_branch, require_managed
from app.security.actor import Actor
from app.security.rights import require

REASON_LENGTH = 400


def register_institution(
    *,
    by: Actor,
    kind: str,
    code: str,
    name: str,
    parent: Institution | None,
    kana: str | None = None,
    municipality_code: str | None = None,
    postal_code: str | None = None,
    address: str | None = None,
    phone: str | None = None,
) -> Institution:
    """Add an institution below ``parent``; its authority and prefecture come from there.

    Raises:
        NotAllowed: the actor's role adds no such institutions, or not in that branch.
        InvalidInput: the kind does not belong below the parent, or the code is taken.
    """
    require(by, "add", "institution")
    with transaction() as session:
        problems: dict[str, list[object]] = {}
        if not is_managed_by(by.role, kind):
            problems["kind"] = [_l("Your institution does not register this kind.")]
        if parent is not None and not is_in_branch(parent.id, by):
            raise NotAllowed(_l("Your institution does not manage this one."), field="parent_id")
        if not may_stand_below(kind, parent.kind if parent else None):
            problems["parent_id"] = [_l("This kind of institution cannot stand here.")]
        elif parent is not None and not parent.active:
            problems["parent_id"] = [_l("This institution is closed.")]
        if institution_by_code(code) is not None:
            problems["code"] = [_l("This code is already in use.")]
        if problems:
            raise InvalidInput(problems)
        institution = Institution(
            kind=kind,
            code=code,
            name=name,
            kana=kana and to_katakana(kana),
            parent_id=parent.id if parent else None,
            authority_id=parent.authority_id if parent else None,
            prefecture_code=parent.prefecture_code if parent else None,
            municipality_code=municipality_code,
            postal_code=postal_code,
            address=address,
            phone=phone,
        )
        session.add(institution)
        session.flush()
        if kind == InstitutionKind.AUTHORITY:
            institution.authority_id = institution.id
        return institution


def correct_institution(institution: Institution, *, by: Actor) -> None:
    """Store what a form has changed of name and address.

    Raises:
        NotAllowed: the actor's institution does not manage this one.
    """
    require_managed(by, institution, "edit")
    with transaction() as session:
        institution.kana = institution.kana and to_katakana(institution.kana)
        session.flush()


def close_institution(institution: Institution, *, on: date, reason: str, by: Actor) -> None:
    """Close from a day on: its accounts stop, its cases stay where they are.

    Raises:
        NotAllowed: the actor's institution does not manage this one.
        InvalidInput: a day in the past, no reason, something open below it, or an area.
    """
    require_managed(by, institution, "close")
    said = reason_of(reason)
    problem = None
    if on < clock.today():
        problem = _l("The day must not be in the past.")
    elif has_open_below(institution.id, on):
        problem = _l("Institutions below this one are still open. Close or move them first.")
    elif _has_area(institution, on):
        problem = _l("Municipalities belong to this health centre. Give them to another first.")
    if problem is not None:
        raise InvalidInput({"closed_on": [problem]})
    with because(said), transaction():
        institution.closed_on = on


def reopen_institution(institution: Institution, *, reason: str, by: Actor) -> None:
    """Take a closing back, past or to come.

    Raises:
        NotAllowed: the actor's institution does not manage this one.
        InvalidState: it is not closed, or what it stands below is.
        InvalidInput: no reason.
    """
    require_managed(by, institution, "close")
    said = reason_of(reason)
    if institution.closed_on is None:
        raise InvalidState(_l("This institution is not closed."))
    if institution.parent is not None and not institution.parent.active:
        raise InvalidState(_l("The institution above this one is closed."))
    with because(said), transaction():
        institution.closed_on = None


def assign_area(
    *, by: Actor, municipality_code: str, centre_code: str, from_on: date | None = None
) -> CentreArea:
    """Put a municipality in charge of a health centre; the centre before stays in the history.

    Args:
        from_on: the first day; None: today, or since ever where no centre was in charge.

    Raises:
        NotAllowed: the actor's role gives no areas, or one of the centres is of another branch.
        InvalidInput: no such municipality, no open health centre, or a day in the past.
    """
    require(by, "edit", "centre_area")
    with transaction() as session:
        centre = institution_by_code(centre_code)
        place = session.get(Municipality, municipality_code)
        problems: dict[str, list[object]] = {}
        if place is None:
            problems["municipality_code"] = [_l("There is no such municipality.")]
        if centre is None or centre.kind != InstitutionKind.HEALTH_CENTRE or not centre.active:
            problems["centre_id"] = [_l("There is no such health centre.")]
        if from_on is not None and from_on < clock.today() and not by.is_system:
            problems["from_on"] = [_l("The day must not be in the past.")]
        if problems or centre is None or place is None:
            raise InvalidInput(problems)
        former = default_centre_for(municipality_code)
        _require_area(by, place, centre, former)
        first = EVER if former is None else clock.today()
        if former is centre and from_on is None:
            first = _in_force(municipality_code).from_on
        return _put_area(municipality_code, centre, first if from_on is None else from_on)


def reason_of(text: str | None) -> str:
    """The reason as stored. Raises InvalidInput when there is none or it is too long."""
    said = (text or "").strip()
    if not said:
        raise InvalidInput({"reason": [_l("Enter the reason.")]})
    if len(said) > REASON_LENGTH:
        raise InvalidInput({"reason": [_l("At most %(limit)s characters.", limit=REASON_LENGTH)]})
    return said


def _require_area(
    by: Actor, place: Municipality, centre: Institution, former: Institution | None
) -> None:
    """A municipality is given away only by whoever stands above both centres."""
    if by.is_system:
        return
    same = place.prefecture_code == centre.prefecture_code
    reached = all(is_in_branch(one.id, by) for one in (centre, former) if one is not None)
    if not (same and reached):
        raise NotAllowed(_l("This municipality is not in your area."), field="municipality_code")


def _in_force(municipality_code: str) -> CentreArea:
    statement = select(CentreArea).where(
        CentreArea.municipality_code == municipality_code, areas_in_force()
    )
    return db.session.scalars(statement).one()


def _put_area(municipality_code: str, centre: Institution, first: date) -> CentreArea:
    with transaction() as session:
        area = session.scalars(
            select(CentreArea).where(
                CentreArea.municipality_code == municipality_code, CentreArea.from_on == first
            )
        ).one_or_none()
        if area is None:
            area = CentreArea(municipality_code=municipality_code, from_on=first)
            session.add(area)
        area.centre_id = centre.id
        session.flush()
        keep_populations(municipality_code[:2])
        return area


def _has_area(institution: Institution, on: date) -> bool:
    charged = select(CentreArea.id).where(
        CentreArea.centre_id == institution.id, areas_in_force(on)
    )
    return db.session.scalar(charged.limit(1)) is not None
