"""Beds and rooms of an area as numbers: what hospitals declared last, what hotels have.

The one place that says which declaration counts: screens, publications, plans and reports ask here.
Sums of a whole area for whoever its figures are shown to: counted as the system, because the
ministry and publications meet no single declaration. The caller has judged the area.
"""

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from datetime import date, timedelta
from operator import add
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select

from app.cases.models import Stay
from app.coordination.models import BedReport, HotelRoom
from app.core.db import db
from app.institutions.models import Institution
from app.security.actor import acting_as, system_actor

VALID_DAYS = 7
"""A declaration speaks for its day and the six after it; older ones say nothing any more."""
Rows = TypeVar("Rows", bound=tuple[Any, ...])
COUNTING = system_actor("places of care")


@dataclass(frozen=True, slots=True)
class Spot:
    """An area: prefectures, and within them an authority or a health centre."""

    prefecture_codes: Sequence[str]
    authority_id: int | None = None
    centre_id: int | None = None


@dataclass(frozen=True, slots=True)
class BedSums:
    """Beds by the last declarations; those for severe cases are among all (うち)."""

    hospitals: int = 0
    """How many declared within ``VALID_DAYS``."""
    total: int = 0
    usable: int = 0
    occupied: int = 0
    severe_total: int = 0
    severe_usable: int = 0
    severe_occupied: int = 0

    def __add__(self, other: "BedSums") -> "BedSums":
        return BedSums(*map(add, astuple(self), astuple(other)))


@dataclass(frozen=True, slots=True)
class RoomSums:
    """Rooms of hotels as they are now: all that are secured, and those in use."""

    hotels: int = 0
    total: int = 0
    usable: int = 0

    def __add__(self, other: "RoomSums") -> "RoomSums":
        return RoomSums(*map(add, astuple(self), astuple(other)))


@dataclass(frozen=True, slots=True)
class BedLine:
    """What one hospital declared last."""

    code: str
    name: str
    declared_on: date
    sums: BedSums


@dataclass(frozen=True, slots=True)
class HotelLine:
    """A hotel: its rooms as they are now, and the people who are there (None: not asked for)."""

    name: str
    rooms: RoomSums
    people: int | None


COLUMNS = (
    BedReport.total,
    BedReport.usable,
    BedReport.occupied,
    BedReport.severe_total,
    BedReport.severe_usable,
    BedReport.severe_occupied,
)


def beds_by_prefecture(spot: Spot, on: date) -> dict[str, BedSums]:
    """The declarations in force on a day, summed by prefecture."""
    return _beds_by(BedReport.prefecture_code, spot, on)


def beds_by_authority(spot: Spot, on: date) -> dict[int, BedSums]:
    """The same by authority; hospitals below none are left out."""
    return _beds_by(Institution.authority_id, spot, on)


def beds_in(spot: Spot, on: date) -> BedSums:
    """The same for the whole area; ``hospitals`` 0 where nobody declared anything."""
    return sum(beds_by_prefecture(spot, on).values(), BedSums())


def rooms_by_authority(spot: Spot) -> dict[int, RoomSums]:
    """The rooms of the area's hotels by authority; hotels below none are left out."""
    return _rooms_by(Institution.authority_id, spot)


def rooms_in(spot: Spot) -> RoomSums:
    """The rooms of the area's hotels."""
    return sum(_rooms_by(Institution.prefecture_code, spot).values(), RoomSums())


def bed_lines(spot: Spot, on: date) -> list[BedLine]:
    """Hospital by hospital, as far as the actor meets their declarations."""
    columns: list[Any] = [Institution.code, Institution.name, BedReport.declared_on, *COLUMNS]
    statement = _in_force(select(*columns), spot, on).order_by(Institution.name, Institution.id)
    return [
        BedLine(code, name, declared_on, BedSums(1, *numbers))
        for code, name, declared_on, *numbers in db.session.execute(statement)
    ]


def hotel_lines(spot: Spot, on: date | None) -> list[HotelLine]:
    """Hotel by hotel, as far as the actor meets their rooms; ``on`` today: with the people there.

    People are counted at the hotels found, whichever patients the reader may see.
    """
    names: list[Any] = [Institution.id, Institution.name]
    there = HotelRoom.prefecture_code.in_(spot.prefecture_codes)
    statement = select(*names, func.count(), _usable_rooms()).join(
        Institution, Institution.id == HotelRoom.institution_id
    )
    grouped = statement.where(there, *below(spot)).group_by(*names).order_by(Institution.name)
    hotels = db.session.execute(grouped).all()
    people = {} if on is None else _people_in([key for key, *_rest in hotels], on)
    return [
        HotelLine(
            name,
            RoomSums(1, int(total), int(usable)),
            None if on is None else people.get(key, 0),
        )
        for key, name, total, usable in hotels
    ]


def _people_in(keys: Sequence[int], today: date) -> dict[int, int]:
    """Open stays by hotel: a range of the index for each, whatever came before."""
    statement = select(Stay.institution_id, func.count()).where(
        Stay.institution_id.in_(keys),
        Stay.place == "hotel",
        or_(Stay.to_on.is_(None), Stay.to_on > today),
    )
    with acting_as(COUNTING):
        rows = db.session.execute(statement.group_by(Stay.institution_id)).all()
    return {key: int(n) for key, n in rows if key is not None}


def _usable_rooms() -> ColumnElement[int]:
    return func.sum(case((HotelRoom.usable == "yes", 1), else_=0))


def last_declared(statement: Select[Rows], *conditions: ColumnElement[bool]) -> Select[Rows]:
    """A statement over the last declaration of each hospital among those the conditions leave."""
    latest = (
        select(BedReport.institution_id, func.max(BedReport.declared_on).label("day"))
        .where(*conditions)
        .group_by(BedReport.institution_id)
        .subquery()
    )
    its_last = and_(
        latest.c.institution_id == BedReport.institution_id, latest.c.day == BedReport.declared_on
    )
    return statement.select_from(BedReport).join(latest, its_last)


def _beds_by(column: Any, spot: Spot, on: date) -> dict[Any, BedSums]:
    sums = [func.sum(one) for one in COLUMNS]
    columns: list[Any] = [column, func.count(), *sums]
    statement = _in_force(select(*columns), spot, on).group_by(column)
    with acting_as(COUNTING):
        rows = db.session.execute(statement).all()
    return {key: BedSums(*map(int, numbers)) for key, *numbers in rows if key is not None}


def _rooms_by(column: Any, spot: Spot) -> dict[Any, RoomSums]:
    hotels = func.count(HotelRoom.institution_id.distinct())
    statement = select(column, hotels, func.count(), _usable_rooms()).join(
        Institution, Institution.id == HotelRoom.institution_id
    )
    there = HotelRoom.prefecture_code.in_(spot.prefecture_codes)
    grouped = statement.where(there, *below(spot)).group_by(column)
    with acting_as(COUNTING):
        rows = db.session.execute(grouped).all()
    return {key: RoomSums(*map(int, numbers)) for key, *numbers in rows if key is not None}


def _in_force(statement: Select[Any], spot: Spot, on: date) -> Select[Any]:
    """Each hospital's last declaration within ``VALID_DAYS`` up to ``on``; closed ones are out."""
    joined = last_declared(
        statement,
        BedReport.prefecture_code.in_(spot.prefecture_codes),
        BedReport.declared_on > on - timedelta(days=VALID_DAYS),
        BedReport.declared_on <= on,
    )
    is_open = or_(Institution.closed_on.is_(None), Institution.closed_on > on)
    hospitals = joined.join(Institution, Institution.id == BedReport.institution_id)
    return hospitals.where(is_open, *below(spot))


def below(spot: Spot) -> list[ColumnElement[bool]]:
    """The conditions of the spot below its prefectures: hospitals and hotels hang below the
    health centre of their place."""
    conditions: list[ColumnElement[bool]] = []
    if spot.authority_id is not None:
        conditions.append(Institution.authority_id == spot.authority_id)
    if spot.centre_id is not None:
        conditions.append(Institution.parent_id == spot.centre_id)
    return conditions
