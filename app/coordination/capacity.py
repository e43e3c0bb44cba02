"""Where there is a place: what was declared, less what was promised since.

Counted for everybody alike, whichever patients the reader may see: a bed is taken or it is not.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import joinedload

from app.cases.models import Stay
from app.coordination.bed_figures import last_declared
from app.coordination.codes import LIVE_OFFERS
from app.coordination.models import BedReport, HotelRoom, PlacementOffer, PlacementRequest
from app.coordination.rules import KIND_OF_PLACE, Beds, free_rooms, is_stale
from app.core import clock
from app.core.db import db
from app.institutions.models import Institution
from app.institutions.queries import open_institutions
from app.security.actor import Actor, acting_as, system_actor

_COUNTING = system_actor("places of care")


@dataclass(frozen=True, slots=True)
class Place:
    """An institution with what it has; ``free`` is negative where more were promised.

    ``declared_on`` is None for a hotel, whose rooms are always those of now, and for a hospital
    that never declared: then nothing is known to be free.
    """

    institution: Institution
    usable: int
    taken: int
    free: int
    severe_usable: int = 0
    severe_taken: int = 0
    severe_free: int = 0
    declared_on: date | None = None
    is_stale: bool = False
    conditions: str = ""

    def free_for(self, wanted: str) -> int:
        """Places of the kind needed."""
        return self.severe_free if wanted == "hospital_severe" else self.free


def places_of(actor: Actor, kinds: Collection[str] = ("hospital", "hotel")) -> list[Place]:
    """Hospitals and hotels of the actor's prefecture, those with most room first."""
    if actor.prefecture_code is None:
        return []
    wanted = Institution.prefecture_code == actor.prefecture_code
    return _places(kinds, wanted)


def place_of(institution_id: int) -> Place | None:
    """One hospital or hotel; None for anything else, and for a closed one."""
    found = _places(("hospital", "hotel"), Institution.id == institution_id)
    return found[0] if found else None


def occupants_of(institution_id: int, today: date) -> ColumnElement[bool]:
    """The condition on stays "in this hotel today, not checked out"."""
    return (
        (Stay.institution_id == institution_id)
        & (Stay.place == "hotel")
        & or_(Stay.to_on.is_(None), Stay.to_on > today)
    )


def _places(kinds: Collection[str], condition: ColumnElement[bool]) -> list[Place]:
    with acting_as(_COUNTING):
        institutions = db.session.scalars(
            select(Institution)
            .where(Institution.kind.in_(kinds), condition, open_institutions())
            .order_by(Institution.name, Institution.id)
        ).all()
        keys = {kind: [i.id for i in institutions if i.kind == kind] for kind in kinds}
        offers = _offers([i.id for i in institutions])
        reports = _reports(keys.get("hospital", []))
        rooms, people = _rooms(keys.get("hotel", []))
    found = []
    for one in institutions:
        if one.kind == "hotel":
            found.append(_hotel(one, rooms[one.id], people[one.id], offers[one.id]))
        else:
            found.append(_hospital(one, reports.get(one.id), offers[one.id]))
    return sorted(found, key=lambda p: -p.free - p.severe_free)


def _hospital(one: Institution, report: BedReport | None, offers: Sequence[Any]) -> Place:
    # Whoever arrived before the declaration is counted in it.
    since = [
        o for o in offers if report is None or not o.arrived or o.arrived >= report.declared_at
    ]
    promised = Counter(offer.wanted for offer in since)
    general, severe = promised["hospital"], promised["hospital_severe"]
    if report is None:
        return Place(one, 0, general, -general, 0, severe, -severe)
    beds = Beds(
        report.usable,
        report.occupied,
        report.severe_usable,
        report.severe_occupied,
        general,
        severe,
    )
    return Place(
        one,
        usable=report.usable - report.severe_usable,
        taken=report.occupied - report.severe_occupied + general,
        free=beds.free,
        severe_usable=report.severe_usable,
        severe_taken=report.severe_occupied + severe,
        severe_free=beds.severe_free,
        declared_on=report.declared_on,
        is_stale=is_stale(report.declared_on, clock.today()),
        conditions=report.conditions or "",
    )


def _hotel(
    one: Institution, rooms: Sequence[str], people: Sequence[str | None], offers: Sequence[Any]
) -> Place:
    coming = [offer.room for offer in offers if offer.arrived is None]
    free = free_rooms(rooms, [*people, *coming])
    return Place(one, usable=len(rooms), taken=len(rooms) - free, free=free)


def _offers(keys: Sequence[int]) -> dict[int, list[Any]]:
    """Offers alive, by place: (institution, room, wanted, arrived)."""
    rows = db.session.execute(
        select(
            PlacementOffer.institution_id,
            PlacementOffer.room,
            PlacementRequest.wanted,
            PlacementRequest.arrived_at.label("arrived"),
        )
        .join(PlacementRequest, PlacementRequest.id == PlacementOffer.request_id)
        .where(PlacementOffer.institution_id.in_(keys), PlacementOffer.state.in_(LIVE_OFFERS))
    )
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.institution_id].append(row)
    return found


def _reports(keys: Sequence[int]) -> dict[int, BedReport]:
    """The latest declaration of each hospital."""
    theirs = last_declared(select(BedReport), BedReport.institution_id.in_(keys))
    rows = db.session.scalars(theirs.options(joinedload(BedReport.institution)))
    return {report.institution_id: report for report in rows}


def _rooms(
    keys: Sequence[int],
) -> tuple[dict[int, list[str]], dict[int, list[str | None]]]:
    """Rooms in use and the rooms of the people who are there, by hotel."""
    rooms: dict[int, list[str]] = defaultdict(list)
    people: dict[int, list[str | None]] = defaultdict(list)
    if keys:
        usable = select(HotelRoom.institution_id, HotelRoom.name).where(
            HotelRoom.institution_id.in_(keys), HotelRoom.usable == "yes"
        )
        for hotel, name in db.session.execute(usable):
            rooms[hotel].append(name)
        there = select(Stay.institution_id, Stay.room).where(
            Stay.institution_id.in_(keys),
            Stay.place == "hotel",
            or_(Stay.to_on.is_(None), Stay.to_on > clock.today()),
        )
        for hotel, room in db.session.execute(there):
            if hotel is not None:
                people[hotel].append(room)
    return rooms, people


def kind_wanted(request: PlacementRequest) -> str:
    """The kind of institution that can take the patient."""
    return KIND_OF_PLACE[request.wanted]
