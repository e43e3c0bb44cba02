"""Reads of the coordination: the list of a prefecture, what waits for whom, a hotel's rooms."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from app.cases.models import Case, Stay
from app.coordination.capacity import occupants_of
from app.coordination.codes import LIVE_OFFERS, OPEN_STATES
from app.coordination.models import BedReport, HotelRoom, PlacementOffer, PlacementRequest
from app.coordination.scope import RECEIVING
from app.core import clock
from app.core.db import db
from app.generated.waiting import number_waiting, waiting_for
from app.security.actor import Actor
from app.security.rights import holds
from app.security.roles import HEALTH_CENTRE_ROLES

SHOWN = 200


def open_requests(state: str | None = None) -> Sequence[PlacementRequest]:
    """Requests on the way, the most urgent and then the longest waiting first."""
    states = OPEN_STATES if state is None else (state,)
    statement = (
        select(PlacementRequest)
        .where(PlacementRequest.state.in_(states))
        .options(
            joinedload(PlacementRequest.centre),
            joinedload(PlacementRequest.place),
            joinedload(PlacementRequest.municipality),
        )
        .order_by(
            PlacementRequest.urgency.desc(),
            PlacementRequest.waiting_since_on,
            PlacementRequest.id,
        )
        .limit(SHOWN)
    )
    return db.session.scalars(statement).unique().all()


def counts_by_state() -> dict[str, int]:
    """How many requests stand in each open state, in one statement."""
    rows = db.session.execute(
        select(PlacementRequest.state, func.count(PlacementRequest.id))
        .where(PlacementRequest.state.in_(OPEN_STATES))
        .group_by(PlacementRequest.state)
    )
    found = dict.fromkeys(OPEN_STATES, 0)
    for state, count in rows:
        found[state] = count
    return found


@waiting_for("placement_request")
def _placements_to_do(actor: Actor) -> Select[Any] | None:
    if actor.role in HEALTH_CENTRE_ROLES or not holds(actor, "list", "placement_request"):
        return None
    state = "offered" if actor.role in RECEIVING else "waiting"
    return select(func.count(PlacementRequest.id)).where(PlacementRequest.state == state)


def to_do_count(actor: Actor) -> int:
    """What waits for the reader: a place's answer, or a place to be found.

    A health centre has asked and waits itself; it is told on the front page.
    """
    return number_waiting("placement_request", actor)


def latest_report(institution_id: int | None) -> BedReport | None:
    """The newest declaration of a hospital."""
    return db.session.scalars(
        select(BedReport)
        .where(BedReport.institution_id == institution_id)
        .order_by(BedReport.declared_on.desc())
        .limit(1)
    ).first()


@dataclass(frozen=True, slots=True)
class RoomUse:
    """A room with who is in it and who is to come; ``room`` is None for those without one."""

    room: HotelRoom | None
    there: tuple[Stay, ...]
    coming: tuple[PlacementOffer, ...]

    @property
    def left(self) -> int:
        """Beds left in the room."""
        if self.room is None or self.room.usable != "yes":
            return 0
        return max(self.room.capacity - len(self.there) - len(self.coming), 0)


def rooms_in_use(actor: Actor) -> list[RoomUse]:
    """Every room of the actor's hotel; people without a room first."""
    hotel = actor.institution_id
    if hotel is None:
        return []
    rooms = db.session.scalars(
        select(HotelRoom).where(HotelRoom.institution_id == hotel).order_by(HotelRoom.name)
    ).all()
    stays = db.session.scalars(
        select(Stay)
        .where(occupants_of(hotel, clock.today()))
        .options(joinedload(Stay.case).joinedload(Case.person))
        .order_by(Stay.from_on, Stay.id)
    ).all()
    coming = db.session.scalars(
        select(PlacementOffer)
        .join(PlacementOffer.request)
        .where(
            PlacementOffer.institution_id == hotel,
            PlacementOffer.state.in_(LIVE_OFFERS),
            PlacementRequest.arrived_at.is_(None),
        )
        .options(
            joinedload(PlacementOffer.request)
            .joinedload(PlacementRequest.case)
            .joinedload(Case.person)
        )
        .order_by(PlacementOffer.id)
    ).all()
    known = {room.name for room in rooms}
    uses = [
        RoomUse(
            room,
            tuple(stay for stay in stays if stay.room == room.name),
            tuple(offer for offer in coming if offer.room == room.name),
        )
        for room in rooms
    ]
    loose = RoomUse(
        None,
        tuple(stay for stay in stays if stay.room not in known),
        tuple(offer for offer in coming if offer.room not in known),
    )
    return [loose, *uses] if loose.there or loose.coming else uses
