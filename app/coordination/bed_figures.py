"""Beds and rooms of an area as numbers: what hospitals declared last, what hotels have.

Sums of a whole area for whoever its figures are shown to: counted as the system, because the
ministry and publications meet no single declaration. The caller has judged the area.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select

from app.cases.models import Stay
from app.coordination.models import BedReport, HotelRoom
from app.core.db import db
from app.institutions.models import Institution
from app.security.actor import acting_as, system_actor

VALID_DAYS = 7
"""A declaration speaks for its day and the six after it; older ones say nothing any more."""
_COUNTING = system_actor("places of care")


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
        return BedSums(*(a + b for a, b in zip(_numbers(self), _numbers(other), strict=True)))


@dataclass(frozen=True, slots=True)
class RoomSums:
    """Rooms of hotels as they are now: all that are secured, and those in use."""

    hotels: int = 0
    total: int = 0
    usable: int = 0


@dataclass(frozen=True, slots=True)
class BedLine:
    """What one hospital declared last."""

    name: str
    declared_on: date
    sums: BedSums


@dataclass(frozen=True, slots=True)
class HotelLine:
    """A hotel: its rooms as they are now, and the people who are there (None: not asked for)."""

    name: str
    rooms: RoomSums
    people: int | None


_COLUMNS = (
    BedReport.total,
    BedReport.usable,
    BedReport.occupied,
    BedReport.severe_total,
    BedReport.severe_usable,
    BedReport.severe_occupied,
)


def beds_by_prefecture(spot: Spot, on: date) -> dict[str, BedSums]:
    """The declarations in force on a day, summed by prefecture."""
    sums = [func.sum(column) for column in _COLUMNS]
    columns: list[Any] = [BedReport.prefecture_code, func.count(), *sums]
    statement = _in_force(select(*columns), spot, on).group_by(BedReport.prefecture_code)
    with acting_as(_COUNTING):
        rows = db.session.execute(statement).all()
    return {code: BedSums(*map(int, numbers)) for code, *numbers in rows}


def beds_in(spot: Spot, on: date) -> BedSums:
    """The same for the whole area; ``hospitals`` 0 where nobody declared anything."""
    return sum(beds_by_prefecture(spot, on).values(), BedSums())


def rooms_in(spot: Spot) -> RoomSums:
    """The rooms of the area's hotels."""
    hotels = func.count(HotelRoom.institution_id.distinct())
    statement = select(hotels, func.count(), _usable_rooms()).join(
        Institution, Institution.id == HotelRoom.institution_id
    )
    there = HotelRoom.prefecture_code.in_(spot.prefecture_codes)
    with acting_as(_COUNTING):
        found = db.session.execute(statement.where(there, *_below(spot))).one()
    return RoomSums(*(int(number or 0) for number in found))


def bed_lines(spot: Spot, on: date) -> list[BedLine]:
    """Hospital by hospital, as far as the actor meets their declarations."""
    columns: list[Any] = [Institution.name, BedReport.declared_on, *_COLUMNS]
    statement = _in_force(select(*columns), spot, on).order_by(Institution.name, Institution.id)
    return [
        BedLine(name, declared_on, BedSums(1, *numbers))
        for name, declared_on, *numbers in db.session.execute(statement)
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
    grouped = statement.where(there, *_below(spot)).group_by(*names).order_by(Institution.name)
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
    with acting_as(_COUNTING):
        rows = db.session.execute(statement.group_by(Stay.institution_id)).all()
    return {key: int(n) for key, n in rows if key is not None}


def _usable_rooms() -> ColumnElement[int]:
    return func.sum(case((HotelRoom.usable == "yes", 1), else_=0))


def _in_force(statement: Select[Any], spot: Spot, on: date) -> Select[Any]:
    """Each hospital's last declaration within ``VALID_DAYS`` up to ``on``; closed ones are out."""
    latest = (
        select(BedReport.institution_id, func.max(BedReport.declared_on).label("day"))
        .where(
            BedReport.prefecture_code.in_(spot.prefecture_codes),
            BedReport.declared_on > on - timedelta(days=VALID_DAYS),
            BedReport.declared_on <= on,
        )
        .group_by(BedReport.institution_id)
        .subquery()
    )
    its_last = and_(
        latest.c.institution_id == BedReport.institution_id, latest.c.day == BedReport.declared_on
    )
    joined = statement.select_from(BedReport).join(latest, its_last)
    is_open = or_(Institution.closed_on.is_(None), Institution.closed_on > on)
    hospitals = joined.join(Institution, Institution.id == BedReport.institution_id)
    return hospitals.where(is_open, *_below(spot))


def _below(spot: Spot) -> list[ColumnElement[bool]]:
    """Hospitals and hotels hang below the health centre of their place."""
    conditions: list[ColumnElement[bool]] = []
    if spot.authority_id is not None:
        conditions.append(Institution.authority_id == spot.authority_id)
    if spot.centre_id is not None:
        conditions.append(Institution.parent_id == spot.centre_id)
    return conditions


def _numbers(sums: BedSums) -> tuple[int, ...]:
    return (
        sums.hospitals,
        sums.total,
        sums.usable,
        sums.occupied,
        sums.severe_total,
        sums.severe_usable,
        sums.severe_occupied,
    )
