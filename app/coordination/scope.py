"""Who meets a request, an offer, a declaration, a room.

| roles | requests and offers | declarations and rooms |
| --- | --- | --- |
| health centre | of the cases it meets | of its prefecture |
| authority, prefecture headquarters | of the cases of its area, without identity | of its prefecture |
| hospital, hotel | requests it is asked for or took in; all its own offers | own |
| everybody else | none | none |

A place that refused, or whose offer was withdrawn, does not see the request any more; its own
answer it does. The case itself exists for a place from the acceptance on (``case_access``).
"""

from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, select

from app.audit.history import historied
from app.cases.scope import of_visible_case
from app.coordination.codes import LIVE_OFFERS
from app.coordination.models import (
    BedReport,
    HotelRoom,
    MeetingRoom,
    PlacementOffer,
    PlacementRequest,
    PlaceTurn,
)
from app.security.actor import Actor
from app.security.roles import HEALTH_CENTRE_ROLES, RoleName
from app.security.rows import internal, row_law

COORDINATING = HEALTH_CENTRE_ROLES | {
    RoleName.AUTHORITY_SUPERVISOR,
    RoleName.PREFECTURE_SUPERVISOR,
}
RECEIVING = frozenset({RoleName.HOSPITAL, RoleName.HOTEL})
_OFFER = PlacementOffer.__table__
_REQUEST = PlacementRequest.__table__


@row_law(PlacementRequest)
def visible_requests(actor: Actor) -> ColumnElement[bool]:
    """The table above."""
    return _met(actor, PlacementRequest.id, PlacementRequest.case_id)


def _met(actor: Actor, request_id: Any, case_id: Any) -> ColumnElement[bool]:
    if actor.role in COORDINATING:
        return of_visible_case(actor, case_id)
    if actor.role not in RECEIVING or actor.institution_id is None:
        return false()
    offer = _OFFER.alias()
    return (
        select(offer.c.id)
        .where(
            offer.c.request_id == request_id,
            offer.c.institution_id == actor.institution_id,
            offer.c.state.in_(LIVE_OFFERS),
        )
        .exists()
    )


@row_law(PlacementOffer)
def visible_offers(actor: Actor) -> ColumnElement[bool]:
    """Offers of requests one coordinates; for a place its own."""
    if actor.role in COORDINATING:
        return of_visible_case(actor, PlacementOffer.case_id)
    return _own(actor, PlacementOffer.institution_id)


@row_law(BedReport)
def visible_reports(actor: Actor) -> ColumnElement[bool]:
    """The table above."""
    return _declared(actor, BedReport)


@row_law(HotelRoom)
def visible_rooms(actor: Actor) -> ColumnElement[bool]:
    """The table above."""
    return _declared(actor, HotelRoom)


@row_law(MeetingRoom)
def visible_meetings(actor: Actor) -> ColumnElement[bool]:
    """The room of whatever record exists for the actor."""
    of_case = and_(MeetingRoom.case_id.is_not(None), of_visible_case(actor, MeetingRoom.case_id))
    request = _REQUEST.alias()
    of_request = (
        select(request.c.id)
        .where(request.c.id == MeetingRoom.request_id, _met(actor, request.c.id, request.c.case_id))
        .exists()
    )
    return or_(of_case, of_request)


def _declared(actor: Actor, model: Any) -> ColumnElement[bool]:
    if actor.role in COORDINATING and actor.prefecture_code is not None:
        mine: ColumnElement[bool] = model.prefecture_code == actor.prefecture_code
        return mine
    return _own(actor, model.institution_id)


def _own(actor: Actor, column: Any) -> ColumnElement[bool]:
    if actor.role not in RECEIVING or actor.institution_id is None:
        return false()
    mine: ColumnElement[bool] = column == actor.institution_id
    return mine


internal(PlaceTurn, reason="services take turns at a place with it")
historied(PlacementRequest, as_="placement_request", case="case_id", unkept=("urgency",))
historied(
    PlacementOffer, as_="placement_offer", case="case_id", unkept=("opened_case", "access_until")
)
historied(BedReport, as_="bed_report")
historied(HotelRoom, as_="hotel_room")
historied(MeetingRoom, as_="meeting_room", case="case_id", unkept=("name",))
