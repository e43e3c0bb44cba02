"""A list arrives, is looked through, and is applied: people go to their health centres."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from app.audit.causes import reason
from app.audit.history import because
from app.audit.signing import signature_of
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidInput, InvalidState, NotVisible
from app.core.japanese import normalise
from app.core.labels import Label
from app.core.problems import InputProblem
from app.core.transaction import transaction
from app.core.workbooks.reading import SheetRow
from app.quarantine.codes import DELIVERY_STATE
from app.quarantine.models import Returnee, ReturneeDelivery, ReturneeList
from app.quarantine.planning import assign_to, counts_of, known_people, plan, put_down
from app.quarantine.residence import gazetteer
from app.security.actor import Actor
from app.security.rights import require

KEPT: Final = timedelta(days=31)
"""How long the rows of a file are kept as sent, for the marked workbook."""
ARRIVED = reason("returnee_list", Label("検疫所の名簿", "List of the quarantine station"))


def receive(rows: Sequence[SheetRow], *, number: str, source: str, by: Actor) -> ReturneeDelivery:
    """Look through the rows of a list; nothing is changed yet.

    Args:
        number: the list's number, the station's own.
        source: name of the file, or how else it came.

    Raises:
        NotAllowed: the role sends no lists.
        InvalidInput: no number, or a longer one than 40 signs.
    """
    require(by, "add", "returnee_list")
    named = _list_number(number)
    planned = plan(rows, named, gazetteer())
    with transaction() as session:
        delivery = ReturneeDelivery(
            institution_id=by.institution_id,
            number=named,
            state="review",
            source=source[:200],
            received_by=signature_of(by)[:128],
            counts=counts_of(planned),
            rows=planned,
        )
        session.add(delivery)
        session.flush()
    return delivery


def apply(delivery: ReturneeDelivery, *, by: Actor) -> Mapping[str, int]:
    """Do what the delivery proposes, judged anew; rejected rows are left out.

    Applied again, or sent again, it changes nothing: people are known by list and number.

    Raises:
        InvalidState: it was applied or discarded before, or its rows are no longer kept.
    """
    require(by, "add", "returnee_list")
    if delivery.state != "review" or delivery.rows is None:
        raise InvalidState(_standing(delivery))
    places = gazetteer()
    rows = [SheetRow(one["row"], one["texts"]) for one in delivery.rows]
    try:
        with because(ARRIVED(delivery.number)), transaction() as session:
            planned = plan(rows, delivery.number, places)
            listed = _list_of(delivery.number, by)
            known = known_people(listed.id)
            for place, one in enumerate(planned, start=1):
                if one["outcome"] in ("new", "changed"):
                    put_down(one, place, listed, known, places)
            delivery.rows, delivery.counts = planned, counts_of(planned)
            delivery.state, delivery.applied_at = "applied", clock.now()
            delivery.applied_by = signature_of(by)[:128]
            session.flush()
    except StaleDataError:
        db.session.refresh(delivery)
        raise InvalidState(_standing(delivery)) from None
    except IntegrityError:
        raise InvalidState(
            _l("The same list was being applied. Please look at it again.")
        ) from None
    return delivery.counts


def discard(delivery: ReturneeDelivery, *, by: Actor) -> None:
    """Take a proposal back before it is applied. Raises InvalidState."""
    require(by, "add", "returnee_list")
    if delivery.state != "review":
        raise InvalidState(_standing(delivery))
    with transaction():
        delivery.state, delivery.rows = "discarded", None


def change_address(returnee: Returnee, *, by: Actor) -> None:
    """A corrected municipality decides the health centre anew, until somebody took over.

    Raises:
        InvalidState: the health centre has taken over.
    """
    require(by, "edit", "returnee")
    if returnee.state in ("followed", "closed"):
        raise InvalidState(_l("The health centre has taken this person over."))
    code = returnee.municipality_code
    if code is not None:
        returnee.prefecture_code = code[:2]
    assign_to(returnee, gazetteer().centres.get(code or ""))


def assign(returnee: Returnee, centre_id: int, *, by: Actor) -> None:
    """The prefecture says which of its health centres follows somebody.

    Raises:
        InvalidState: somebody is assigned already.
    """
    require(by, "assign", "returnee")
    if returnee.state != "unassigned":
        raise InvalidState(_l("A health centre has been found meanwhile."))
    with transaction():
        assign_to(returnee, centre_id)


def forget_rows() -> int:
    """Empty the rows of deliveries older than ``KEPT``; how many."""
    with transaction() as session:
        old = select(ReturneeDelivery).where(
            ReturneeDelivery.received_at < clock.now() - KEPT, ReturneeDelivery.rows.is_not(None)
        )
        deliveries = session.scalars(old).all()
        for delivery in deliveries:
            delivery.rows, delivery.source = None, "－"
            if delivery.state == "review":
                delivery.state = "discarded"
        return len(deliveries)


def _list_of(number: str, by: Actor) -> ReturneeList:
    found = db.session.scalars(
        select(ReturneeList).where(ReturneeList.number == number)
    ).one_or_none()
    if found is None:
        found = ReturneeList(institution_id=by.institution_id, number=number)
        db.session.add(found)
        db.session.flush()
    return found


def _list_number(text: str) -> str:
    try:
        number = normalise(text)
    except InputProblem:
        number = ""
    if not 0 < len(number) <= 40:
        raise InvalidInput({"number": [_l("1 to %(limit)s characters.", limit=40)]})
    return number


def _standing(delivery: ReturneeDelivery) -> object:
    return _l("This file is: %(state)s.", state=DELIVERY_STATE.label(delivery.state))


def delivery_by_id(key: int) -> ReturneeDelivery:
    """The delivery. Raises NotVisible when it does not exist for the actor."""
    found = db.session.scalars(
        select(ReturneeDelivery).where(ReturneeDelivery.id == key)
    ).one_or_none()
    if found is None:
        raise NotVisible
    return found
