"""Verbs on the master data: registering an institution, giving a centre its area."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.core.errors import InvalidInput
from app.core.japanese import to_katakana
from app.core.transaction import transaction
from app.institutions.models import CentreArea, Institution, Municipality
from app.institutions.queries import institution_by_code
from app.institutions.rules import InstitutionKind, may_stand_below
from app.security.actor import Actor
from app.security.rights import require


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
        NotAllowed: the actor's role may not add institutions.
        InvalidInput: the kind does not belong below the parent, or the code is taken.
    """
    require(by, "add", "institution")
    with transaction() as session:
        problems: dict[str, list[object]] = {}
        if not may_stand_below(kind, parent.kind if parent else None):
            problems["parent_id"] = [_l("This kind of institution cannot stand here.")]
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
        return institution


def assign_area(*, by: Actor, municipality_code: str, centre_code: str) -> CentreArea:
    """Put a municipality in charge of a health centre, replacing the one before.

    Raises:
        NotAllowed: the actor's role may not edit institutions.
        InvalidInput: no such municipality, or the code is not that of an open health centre.
    """
    require(by, "edit", "institution")
    with transaction() as session:
        centre = institution_by_code(centre_code)
        problems: dict[str, list[object]] = {}
        if session.get(Municipality, municipality_code) is None:
            problems["municipality_code"] = [_l("There is no such municipality.")]
        if centre is None or centre.kind != InstitutionKind.HEALTH_CENTRE or not centre.active:
            problems["centre_id"] = [_l("There is no such health centre.")]
        if problems or centre is None:
            raise InvalidInput(problems)
        area = session.scalars(
            select(CentreArea).where(CentreArea.municipality_code == municipality_code)
        ).one_or_none()
        if area is None:
            area = CentreArea(municipality_code=municipality_code)
            session.add(area)
        area.centre_id = centre.id
        session.flush()
        return area
