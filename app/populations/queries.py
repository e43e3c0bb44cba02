"""Reads of populations: the municipalities of an office with what is entered for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, false, or_, select

from app.core.db import db
from app.institutions.models import Institution, Municipality, MunicipalityPopulation
from app.institutions.rules import InstitutionKind
from app.security.actor import Actor
from app.security.roles import RoleName


@dataclass(frozen=True, slots=True)
class TownRow:
    """A municipality, and its population where one is entered."""

    code: str
    name: str
    kind: str
    population: int | None
    counted_on: date | None
    origin: str | None


def towns_of(actor: Actor) -> Sequence[TownRow]:
    """The municipalities whose population the actor's office enters, by code."""
    entered = MunicipalityPopulation
    statement = (
        select(
            Municipality.code,
            Municipality.name,
            Municipality.kind,
            entered.population,
            entered.counted_on,
            entered.origin,
        )
        .outerjoin(entered, entered.municipality_code == Municipality.code)
        .where(entered_by(actor))
        .order_by(Municipality.code)
    )
    return [TownRow(*row) for row in db.session.execute(statement)]


def entered_by(actor: Actor) -> ColumnElement[bool]:
    """A prefecture enters all of its municipalities; a city with health centres itself and its
    wards; the prefecture's own authority whatever lies outside of such cities."""
    if actor.prefecture_code is None:
        return false()
    there: ColumnElement[bool] = Municipality.prefecture_code == actor.prefecture_code
    if actor.role is RoleName.PREFECTURE_SUPERVISOR:
        return there
    if actor.role is not RoleName.AUTHORITY_SUPERVISOR or actor.authority_id is None:
        return false()
    own = db.session.get(Institution, actor.authority_id)
    if own is None:
        return false()
    if own.municipality_code is not None:
        return there & _of_city([(own.municipality_code, own.name)])
    cities = db.session.execute(
        select(Institution.municipality_code, Institution.name).where(
            Institution.kind == InstitutionKind.AUTHORITY.value,
            Institution.prefecture_code == actor.prefecture_code,
            Institution.municipality_code.is_not(None),
        )
    )
    return there & ~_of_city([(code, name) for code, name in cities if code is not None])


def _of_city(cities: Sequence[tuple[str, str]]) -> ColumnElement[bool]:
    """A city, or a ward that carries its name in front of its own."""
    conditions: list[ColumnElement[bool]] = [false()]
    for code, name in cities:
        ward = Municipality.name.startswith(name, autoescape=True)
        conditions.append(or_(Municipality.code == code, (Municipality.kind == "ward") & ward))
    return or_(*conditions)
