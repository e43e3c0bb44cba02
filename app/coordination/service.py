"""The way to a place of care: asked for, offered, accepted or refused, withdrawn, cancelled.

Every step locks the place and the request first, so that of two people at once the second is
told. What a place may see follows the steps: see scope.py and ``letting.py``.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from app.audit.causes import reason
from app.audit.history import because
from app.audit.signing import name_of
from app.cases.codes import ENDED_STATUSES
from app.cases.models import Case
from app.coordination.capacity import kind_wanted, place_of
from app.coordination.codes import LIVE_OFFERS, OPEN_STATES
from app.coordination.letting import let_in, let_out
from app.coordination.models import PlacementOffer, PlacementRequest, PlaceTurn
from app.coordination.rules import urgency
from app.core import clock
from app.core.db import db
from app.core.errors import Conflict, InvalidInput, InvalidState, NotVisible
from app.core.labels import Label
from app.core.transaction import transaction
from app.security.actor import Actor
from app.security.rights import require

REQUESTED = reason("place_requested", Label("入院・療養先の調整依頼", "Place of care requested"))
OFFERED = reason("place_offered", Label("受入れの打診", "Place asked"))
ACCEPTED = reason("place_accepted", Label("受入れの決定", "Place accepted"))
REFUSED = reason("place_refused", Label("受入れ不可の回答", "Place refused"))
WITHDRAWN = reason("place_withdrawn", Label("打診の取下げ", "Offer withdrawn"))
CANCELLED = reason("place_cancelled", Label("調整依頼の取消し", "Request cancelled"))
TRANSPORTED = reason("place_transport", Label("搬送の開始", "Transport began"))
_OVERTAKEN = _l("Somebody else took a step on this request just now. Look at it again.")


class NoPlaceLeft(InvalidInput):
    """Nothing is free there by its declaration; a reason is needed to ask all the same."""


def request_place(request: PlacementRequest, *, by: Actor) -> PlacementRequest:
    """Ask for a place for a case; age, sex and municipality are the case's.

    Raises:
        NotAllowed: the role may not.
        InvalidState: the case is over, or a place is being looked for already.
    """
    require(by, "add", "placement_request")
    with because(REQUESTED()), transaction() as session:
        with session.no_autoflush:
            case = session.get(Case, request.case_id)
            if case is None:
                raise NotVisible(_l("There is no such record."))
            _refuse_needless(case)
        request.centre_id = by.institution_id or 0
        request.requested_at, request.state = clock.now(), "waiting"
        request.age_years, request.sex = case.age_years, case.sex
        request.municipality_code = case.municipality_code
        refresh_urgency(request)
        session.add(request)
        if case.waiting_since_on is None:
            case.waiting_since_on = request.waiting_since_on
        session.flush()
    return request


def refresh_urgency(request: PlacementRequest) -> None:
    """Sort the request anew by what it says."""
    request.urgency = urgency(
        request.severity,
        request.oxygen,
        request.age_years,
        request.conditions or (),
        request.pregnant,
    )


def offer_place(
    request: PlacementRequest, institution_id: int, *, overbooking: str | None = None, by: Actor
) -> PlacementOffer:
    """Ask a place to take the patient; from now on it is kept free for them.

    Raises:
        NoPlaceLeft: nothing is free there and no reason is given.
        Conflict: somebody else asked a place for this patient just now.
        InvalidInput: no such place of the kind needed.
    """
    require(by, "offer", "placement_request")
    with because(OFFERED()), _one_step() as session:
        _take_turn(session, institution_id)
        _must_be(request, "waiting")
        place = place_of(institution_id)
        if place is None or place.institution.kind != kind_wanted(request):
            raise InvalidInput({"place": [_l("Choose a place of the list.")]})
        is_over = place.free_for(request.wanted) <= 0
        if is_over and not overbooking:
            raise NoPlaceLeft({"overbooking": [_NO_PLACE]})
        offer = PlacementOffer(
            request_id=request.id,
            case_id=request.case_id,
            institution_id=institution_id,
            offered_at=clock.now(),
            offered_by=name_of(by),
            overbooking=overbooking if is_over else None,
        )
        session.add(offer)
        request.state, request.place_id = "offered", institution_id
        session.flush()
    return offer


def accept_offer(request: PlacementRequest, *, by: Actor) -> PlacementOffer:
    """The place asked takes the patient; the case opens to it.

    Raises:
        InvalidState: it is no longer asked.
    """
    require(by, "accept", "placement_request")
    with because(ACCEPTED()), _one_step() as session:
        _must_be(request, "offered")
        offer = _answer(request, "accepted", by)
        request.state, request.accepted_at = "accepted", clock.now()
        session.flush()
        let_in(offer, by=by)
    return offer


def refuse_offer(request: PlacementRequest, why: str, *, by: Actor) -> PlacementOffer:
    """The place asked cannot take the patient; the request waits again.

    Raises:
        InvalidState: it is no longer asked.
    """
    require(by, "refuse", "placement_request")
    with because(REFUSED()), _one_step() as session:
        _must_be(request, "offered")
        request.state, request.place_id = "waiting", None
        offer = _answer(request, "refused", by)
        offer.reason = why
        session.flush()
    return offer


def withdraw_offer(request: PlacementRequest, why: str, *, by: Actor) -> PlacementOffer:
    """Take the question, or an acceptance not yet used, back; the request waits again.

    Raises:
        InvalidState: nobody is asked, or the patient has arrived.
    """
    require(by, "withdraw", "placement_request")
    with because(WITHDRAWN()), _one_step() as session:
        _must_be(request, "offered", "accepted", "transported")
        offer = _withdrawn(request, why)
        request.state, request.place_id = "waiting", None
        request.accepted_at = request.transported_at = request.transport = None
        session.flush()
        let_out(offer, by=by)
    return offer


def start_transport(request: PlacementRequest, transport: str, *, by: Actor) -> None:
    """The patient is on the way.

    Raises:
        InvalidState: no place has accepted.
    """
    require(by, "transport", "placement_request")
    with because(TRANSPORTED()), _one_step() as session:
        _must_be(request, "accepted")
        request.state, request.transport = "transported", transport
        request.transported_at = clock.now()
        session.flush()


def cancel_request(request: PlacementRequest, why: str, *, by: Actor) -> None:
    """No place is needed any more; the place asked is told and loses sight of the case.

    Raises:
        InvalidState: the patient has arrived, or it was cancelled before.
    """
    require(by, "cancel", "placement_request")
    with because(CANCELLED()), _one_step() as session:
        _must_be(request, *OPEN_STATES)
        offer = None if request.state == "waiting" else _withdrawn(request, why)
        request.state, request.place_id = "cancelled", None
        request.cancelled_at, request.cancel_reason = clock.now(), why
        session.flush()
        if offer is not None:
            let_out(offer, by=by)


def live_offer(request: PlacementRequest) -> PlacementOffer | None:
    """The place that is asked or has accepted."""
    return db.session.scalars(
        select(PlacementOffer).where(
            PlacementOffer.request_id == request.id, PlacementOffer.state.in_(LIVE_OFFERS)
        )
    ).first()


@contextmanager
def _one_step() -> Iterator[Session]:
    """A transaction in which being overtaken is told as a conflict."""
    try:
        with transaction() as session:
            yield session
    except (StaleDataError, IntegrityError) as overtaken:
        raise Conflict(_OVERTAKEN) from overtaken


_NO_PLACE = _l(
    "Nothing is free there by its declaration. Choose another place, or give the reason why it is "
    "asked all the same."
)


def _take_turn(session: Any, institution_id: int) -> None:
    """Wait until whoever takes a place here at this moment has finished."""
    taken = session.execute(
        update(PlaceTurn)
        .where(PlaceTurn.institution_id == institution_id)
        .values(turn=PlaceTurn.turn + 1)
        .execution_options(synchronize_session=False)
    )
    if not taken.rowcount:
        session.add(PlaceTurn(institution_id=institution_id))
        session.flush()


def _must_be(request: PlacementRequest, *states: str) -> None:
    """The state as it is now in the database, not as it was read a moment ago."""
    found = db.session.scalars(
        select(PlacementRequest)
        .where(PlacementRequest.id == request.id)
        .execution_options(populate_existing=True)
    ).first()
    if found is None:
        raise NotVisible(_l("There is no such record."))
    if found.state not in states:
        raise InvalidState(_OVERTAKEN)


def _answer(request: PlacementRequest, state: str, by: Actor) -> PlacementOffer:
    offer = live_offer(request)
    if offer is None or offer.institution_id != by.institution_id:
        raise NotVisible(_l("There is no such record."))
    offer.state, offer.answered_at, offer.answered_by = state, clock.now(), name_of(by)
    return offer


def _withdrawn(request: PlacementRequest, why: str) -> PlacementOffer:
    offer = live_offer(request)
    if offer is None:
        raise InvalidState(_OVERTAKEN)
    offer.state, offer.reason = "withdrawn", why
    return offer


def _refuse_needless(case: Case) -> None:
    if case.status in ENDED_STATUSES:
        raise InvalidState(_l("This case is over."))
    looked_for = select(PlacementRequest.id).where(
        PlacementRequest.case_id == case.id, PlacementRequest.state.in_(OPEN_STATES)
    )
    if db.session.scalars(looked_for).first() is not None:
        raise InvalidState(_l("A place is being looked for already."))
