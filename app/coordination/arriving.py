"""Arrival, rooms, and leaving the hotel: the request becomes the stay by the case's own verbs."""

from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import or_, select

from app.audit.causes import reason
from app.audit.history import because
from app.cases.care_access import require_place_of_care, share_with_place_of_care
from app.cases.models import Case, Stay
from app.cases.service import refresh_status
from app.coordination.capacity import occupants_of
from app.coordination.codes import LIVE_OFFERS
from app.coordination.models import HotelRoom, PlacementOffer, PlacementRequest
from app.coordination.scope import RECEIVING
from app.coordination.service import live_offer
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidInput, InvalidState, NotVisible
from app.core.labels import Label
from app.core.transaction import transaction
from app.institutions.models import Institution
from app.security.actor import Actor, acting_as, system_actor
from app.security.rights import require

ARRIVED = reason("place_arrived", Label("療養先への到着", "Arrival at the place of care"))
CHECKED_OUT = reason("hotel_left", Label("宿泊療養の終了（退所）", "Left the hotel"))
ROOM_GIVEN = reason("hotel_room_given", Label("部屋の割当て", "Room assigned"))
_SYSTEM = system_actor("places of care")


def arrive(request: PlacementRequest, *, on: date, room: str | None = None, by: Actor) -> Stay:
    """The patient is there: the stay begins, the case's status follows.

    Raises:
        InvalidState: no place has accepted.
        InvalidInput: a day to come or before the request, or no such room, or the room is full.
    """
    require(by, "arrive", "placement_request")
    offer = live_offer(request)
    if offer is None or request.state not in ("accepted", "transported"):
        raise InvalidState(_l("No place has accepted this patient."))
    if by.role in RECEIVING and offer.institution_id != by.institution_id:
        raise NotVisible(_l("There is no such record."))
    if on > clock.today() or on < clock.in_japan(request.requested_at).date():
        raise InvalidInput({"arrived_on": [_l("A day from the request until today.")]})
    with because(ARRIVED()), transaction() as session:
        place = offer.institution
        room = room or offer.room
        if place.kind == "hotel" and room:
            refuse_full_room(place.id, room, but=offer)
        stay = _stay_at(request, place, on, room, by)
        request.state, request.arrived_at = "arrived", clock.now()
        offer.room = room
        session.flush()
        _follow(stay)
    return stay


def assign_room(request: PlacementRequest, room: str, *, by: Actor) -> None:
    """Keep a room for somebody who was accepted.

    Raises:
        InvalidInput: no such room, or it is full.
    """
    require(by, "edit", "hotel_room")
    offer = live_offer(request)
    if offer is None or offer.institution_id != by.institution_id or offer.state != "accepted":
        raise NotVisible(_l("There is no such record."))
    with because(ROOM_GIVEN()), transaction():
        refuse_full_room(offer.institution_id, room, but=offer)
        offer.room = room


def move_to_room(stay: Stay, room: str, *, by: Actor) -> None:
    """Another room for somebody who is there.

    Raises:
        InvalidInput: no such room, or it is full.
    """
    require(by, "edit", "hotel_room")
    _must_be_there(stay, by)
    with because(ROOM_GIVEN()), transaction():
        if stay.institution_id is not None and stay.room != room:
            refuse_full_room(stay.institution_id, room)
            stay.room = room


def check_out(stay: Stay, on: date, *, by: Actor) -> None:
    """The stay in the hotel ends on a day; its access ends with it.

    Raises:
        InvalidInput: before the first day, or a day to come.
    """
    require(by, "edit", "hotel_room")
    _must_be_there(stay, by)
    if on > clock.today() or on < stay.from_on:
        raise InvalidInput({"left_on": [_l("A day from the arrival until today.")]})
    with because(CHECKED_OUT()), transaction() as session:
        stay.to_on = on
        require_place_of_care(stay, by=by)
        session.flush()
        case_id = stay.case_id
        share_with_place_of_care(stay, by=by)
        session.flush()
        _refresh(case_id)


def refuse_full_room(hotel_id: int, room: str, *, but: PlacementOffer | None = None) -> None:
    """Raises InvalidInput unless the hotel has this room in use with a bed left in it."""
    found = db.session.scalars(
        select(HotelRoom).where(HotelRoom.institution_id == hotel_id, HotelRoom.name == room)
    ).first()
    if found is None or found.usable != "yes":
        raise InvalidInput({"room": [_l("There is no such room in use.")]})
    with acting_as(_SYSTEM):
        there = select(Stay.id).where(occupants_of(hotel_id, clock.today()), Stay.room == room)
        coming = (
            select(PlacementOffer.id)
            .join(PlacementRequest, PlacementRequest.id == PlacementOffer.request_id)
            .where(
                PlacementOffer.institution_id == hotel_id,
                PlacementOffer.room == room,
                PlacementOffer.state.in_(LIVE_OFFERS),
                PlacementRequest.arrived_at.is_(None),
                PlacementOffer.id != (but.id if but else 0),
            )
        )
        people = len(db.session.scalars(there).all()) + len(db.session.scalars(coming).all())
    if people >= found.capacity:
        raise InvalidInput({"room": [_l("This room is full.")]})


def _stay_at(
    request: PlacementRequest, place: Institution, on: date, room: str | None, by: Actor
) -> Stay:
    """The stay there: the one the place entered itself meanwhile, else a new one."""
    session = db.session()
    entered = session.scalars(
        select(Stay).where(
            Stay.case_id == request.case_id,
            Stay.institution_id == place.id,
            Stay.to_on.is_(None),
        )
    ).first()
    if entered is not None:
        entered.room = room or entered.room
        return entered
    stay = Stay(
        case_id=request.case_id,
        place="hospital" if place.kind == "hospital" else "hotel",
        from_on=on,
        institution_id=place.id,
        institution_name=place.name,
        institution_address=place.address,
        room=room,
    )
    # Who coordinated has decided that it is cared for there: a second stay is no way round.
    require_place_of_care(stay, by=_SYSTEM)
    session.add(stay)
    session.flush()
    share_with_place_of_care(stay, by=by)
    return stay


def _follow(stay: Stay) -> None:
    """Waiting and staying at home end that day; the status is the case's anew.

    Not everybody who notes an arrival reads the course, so the portal does it.
    """
    session = db.session()
    session.flush()
    with acting_as(_SYSTEM):
        former = session.scalars(
            select(Stay).where(
                Stay.case_id == stay.case_id,
                Stay.id != stay.id,
                Stay.place.in_(("home", "waiting")),
                Stay.from_on <= stay.from_on,
                or_(Stay.to_on.is_(None), Stay.to_on > stay.from_on),
            )
        )
        for one in former:
            one.to_on = stay.from_on
        session.flush()
    _refresh(stay.case_id)


def _refresh(case_id: int) -> None:
    session = db.session()
    with acting_as(_SYSTEM):
        case = session.scalars(
            select(Case).where(Case.id == case_id).execution_options(populate_existing=True)
        ).one()
        refresh_status(case)
        session.flush()
        session.expire(case)


def _must_be_there(stay: Stay, by: Actor) -> None:
    if stay.institution_id != by.institution_id or stay.place != "hotel":
        raise NotVisible(_l("There is no such record."))
    if stay.to_on is not None and stay.to_on <= clock.today():
        raise InvalidState(_l("This person has left already."))
