"""The place whose figures are asked for, never wider than the actor's own."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app.coordination.bed_figures import Spot
from app.core.db import db
from app.core.errors import NotVisible
from app.core.labels import Label
from app.institutions.models import Institution, InstitutionPlacement, Prefecture
from app.institutions.rules import InstitutionKind
from app.security.actor import Actor, acting_as, system_actor
from app.security.roles import RoleName
from app.statistics.models import NOWHERE
from app.statistics.scope import CENTRE_ROLES, NATIONAL_ROLES, PREFECTURE_ROLES

Level = Literal["prefecture", "authority", "centre", "day"]
COUNTRY = Label("全国", "Japan")
PREFECTURES = tuple(f"{number:02d}" for number in range(1, 48))


@dataclass(frozen=True, slots=True)
class Area:
    """A place; None is "all". ``NOWHERE`` is a case without authority or centre."""

    prefecture_code: str | None = None
    authority_id: int | None = None
    centre_id: int | None = None

    @property
    def prefecture_codes(self) -> tuple[str, ...]:
        """Named one by one, so that a statement keeps to the key of the roll-up."""
        return (self.prefecture_code,) if self.prefecture_code else PREFECTURES

    @property
    def spot(self) -> Spot:
        """The area as beds and rooms know it."""
        return Spot(self.prefecture_codes, self.authority_id, self.centre_id)

    @property
    def is_below_prefecture(self) -> bool:
        """True when the sums of whole prefectures do not answer the question."""
        return self.authority_id is not None or self.centre_id is not None

    @property
    def finest_level(self) -> Level:
        """What the area is broken down into next."""
        if self.centre_id is not None:
            return "day"
        if self.authority_id is not None:
            return "centre"
        return "authority" if self.prefecture_code else "prefecture"


@dataclass(frozen=True, slots=True)
class PlaceName:
    """A row's place: its key in the roll-up, its name, its official code and population."""

    key: str | int
    name: str
    code: str = ""
    population: int | None = None


def own_area(actor: Actor) -> Area:
    """The widest area of the actor.

    Raises:
        NotVisible: the role has no figures at all.
    """
    if actor.is_system or actor.role in NATIONAL_ROLES:
        return Area()
    if actor.role in PREFECTURE_ROLES and actor.prefecture_code is not None:
        return Area(prefecture_code=actor.prefecture_code)
    if actor.role is RoleName.AUTHORITY_SUPERVISOR and actor.authority_id is not None:
        return Area(authority_id=actor.authority_id)
    if actor.role in CENTRE_ROLES and actor.institution_id is not None:
        return Area(centre_id=actor.institution_id)
    raise NotVisible(_l("There is no such page."))


def within(own: Area, asked: Area) -> Area:
    """The area asked for, inside ``own``.

    Raises:
        NotVisible: it lies outside.
    """
    narrowed = asked
    for name in ("prefecture_code", "authority_id", "centre_id"):
        mine, wanted = getattr(own, name), getattr(asked, name)
        if mine is not None and wanted is not None and mine != wanted:
            raise NotVisible(_l("There is no such page."))
        narrowed = replace(narrowed, **{name: wanted if mine is None else mine})
    return narrowed


def is_within(own: Area, area: Area) -> bool:
    """True when the area is not wider than ``own``."""
    try:
        return within(own, area) == area
    except NotVisible:
        return False


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the area stands: its name, population, and the areas above it, widest first."""

    name: str
    population: int | None
    above: tuple[tuple[str, Area], ...] = ()


def standing_of(area: Area) -> Standing:
    """The area's name and way up, in one statement.

    Raises:
        NotVisible: there is no such place.
    """
    country = (str(COUNTRY), Area())
    key = area.centre_id or area.authority_id
    if key is not None:
        return _institution_standing(key, area, country)
    if area.prefecture_code is None:
        return Standing(country[0], db.session.scalar(select(func.sum(Prefecture.population))))
    prefecture = db.session.get(Prefecture, area.prefecture_code)
    if prefecture is None:
        raise NotVisible(_l("There is no such page."))
    return Standing(prefecture.name, prefecture.population, (country,))


def _institution_standing(key: int, area: Area, country: tuple[str, Area]) -> Standing:
    kind = InstitutionKind.AUTHORITY if area.centre_id is None else InstitutionKind.HEALTH_CENTRE
    one = db.session.scalar(
        select(Institution)
        .where(Institution.id == key, Institution.kind == kind.value)
        .options(joinedload(Institution.authority), joinedload(Institution.prefecture))
    )
    if one is None:
        raise NotVisible(_l("There is no such page."))
    above = [country]
    if one.prefecture is not None:
        above.append((one.prefecture.name, Area(one.prefecture.code)))
    if area.centre_id is not None and one.authority is not None:
        above.append((one.authority.name, Area(authority_id=one.authority.id)))
    return Standing(one.name, one.population, tuple(above))


def prefecture_names(codes: Sequence[str]) -> list[PlaceName]:
    """The prefectures with their populations, from north to south."""
    statement = select(Prefecture).where(Prefecture.code.in_(codes)).order_by(Prefecture.code)
    return [
        PlaceName(one.code, one.name, one.code, one.population)
        for one in db.session.scalars(statement)
    ]


def institution_names(kind: InstitutionKind, area: Area, also: set[int]) -> list[PlaceName]:
    """Institutions of a kind in the area, and those that have figures there from elsewhere."""
    mine = Institution.kind == kind.value
    if area.prefecture_code is not None:
        mine &= Institution.prefecture_code == area.prefecture_code
    if area.authority_id is not None:
        mine &= Institution.authority_id == area.authority_id
    if area.centre_id is not None:
        mine &= Institution.id == area.centre_id
    columns = (Institution.id, Institution.name, Institution.code, Institution.population)
    statement = select(*columns).where(mine | Institution.id.in_(sorted(also)))
    ordered = statement.order_by(Institution.prefecture_code, Institution.code)
    return [PlaceName(*row) for row in db.session.execute(ordered)]


@dataclass(frozen=True, slots=True)
class Move:
    """A health centre that went below another authority on a day."""

    to: str
    on: date


def moves_of(centre_id: int, first: date, last: date) -> tuple[Move, ...]:
    """Where a health centre went after the first day and up to the last one, earliest first.

    The placements are the institutions' own bookkeeping, read here for the names alone.
    """
    statement = (
        select(Institution.name, InstitutionPlacement.from_on)
        .join(Institution, Institution.id == InstitutionPlacement.parent_id)
        .where(
            InstitutionPlacement.institution_id == centre_id,
            InstitutionPlacement.applied_at.is_not(None),
            InstitutionPlacement.from_on > first,
            InstitutionPlacement.from_on <= last,
        )
        .order_by(InstitutionPlacement.from_on)
    )
    with acting_as(system_actor("roll-up")):
        return tuple(Move(*row) for row in db.session.execute(statement))


def unassigned() -> PlaceName:
    """The row of cases that have no authority or centre yet."""
    return PlaceName(NOWHERE, str(_l("Not assigned yet")))
