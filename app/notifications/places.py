"""Where a patient lives, read from what the doctor typed, and which health centre answers for it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from app.core.db import db
from app.core.japanese import normalise
from app.institutions import postal
from app.institutions.models import CentreArea, Institution, Municipality
from app.institutions.queries import areas_in_force
from app.institutions.sources import prefectures

_LONGEST_NAME = 14


@dataclass(frozen=True, slots=True)
class Residence:
    """What is known of the place; every part may be missing.

    ``contradicts`` is true when postal code and address name different municipalities.
    """

    prefecture_code: str | None = None
    municipality_code: str | None = None
    centre: Institution | None = None
    contradicts: bool = False


def residence_of(postal_code: str | None, address: str | None) -> Residence:
    """The municipality of an address and its health centre: by its words, else its postal code.

    The address decides where both are known: what is written out is what was meant.
    """
    by_code = postal.lookup(postal_code) if postal_code else None
    found = _municipalities_in(normalise(address)) if address else ()
    code = by_code.municipality_code if by_code else ""
    differs = bool(found and code) and code not in {one.code for one in found}
    if by_code and code and (not found or _is_city_above(found[0], code)):
        found = _municipalities_in(by_code.prefecture + by_code.city)
        differs = False
    if not found:
        return Residence()
    return Residence(found[0].prefecture_code, found[0].code, _centre_of(found), differs)


def _municipalities_in(address: str) -> Sequence[Municipality]:
    """The municipality an address begins with, then the city above it if that is a ward.

    Empty when it cannot be told for certain (府中市 without its prefecture).
    """
    named = next((p for p in prefectures() if address.startswith(p["name"])), None)
    rest = address.removeprefix(named["name"]).lstrip() if named else address
    names = [rest[:length] for length in range(2, min(len(rest), _LONGEST_NAME) + 1)]
    statement = select(Municipality).where(Municipality.name.in_(names))
    if named is not None:
        statement = statement.where(Municipality.prefecture_code == named["code"])
    fitting = sorted(db.session.scalars(statement), key=lambda one: len(one.name), reverse=True)
    if len({one.prefecture_code for one in fitting}) != 1:
        return ()
    return fitting


def _is_city_above(municipality: Municipality, code: str) -> bool:
    """The address stops at a designated city, and the postal code knows the ward."""
    same_prefecture = code[:2] == municipality.prefecture_code
    return municipality.kind == "designated_city" and same_prefecture and code != municipality.code


def _centre_of(found: Sequence[Municipality]) -> Institution | None:
    """The centre in charge; a ward without one of its own has its city's."""
    codes = [one.code for one in found]
    centres = db.session.execute(
        select(CentreArea.municipality_code, Institution)
        .join(Institution, CentreArea.centre_id == Institution.id)
        .where(CentreArea.municipality_code.in_(codes), areas_in_force())
    )
    by_code = {code: centre for code, centre in centres if centre.active}
    return next((by_code[code] for code in codes if code in by_code), None)
