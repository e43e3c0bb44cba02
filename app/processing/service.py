"""Issuing a processing number to a positive case, and answering whether one is genuine."""

import hashlib
import hmac
from datetime import timedelta

from flask import current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, select, update

from app.cases.models import Case, LabTest
from app.core import clock
from app.core.db import db, new_token
from app.core.errors import InvalidInput, InvalidState
from app.core.transaction import transaction
from app.institutions.models import Institution
from app.messaging.rules import mobile_number
from app.messaging.service import Addressee, queue_message
from app.processing.models import ProcessingNumber
from app.processing.rules import VALID_HOURS, is_number, new_number
from app.security.actor import Actor, acting_as, system_actor
from app.security.rights import require

NUMBERS = system_actor("processing numbers")
_TRIES = 20


def issue(case: Case, channel: str, language: str, *, by: Actor) -> None:
    """Issue a number and send it to the patient; one issued before can no longer be used.

    Raises:
        NotAllowed: the role issues none.
        InvalidState: the case is not positive.
        InvalidInput: the patient cannot be reached that way.
    """
    require(by, "issue", "processing_number")
    if not is_positive(case):
        raise InvalidState(_l("A processing number is issued on a positive result only."))
    recipient = _recipient(case, channel)
    centre = db.session.get(Institution, by.institution_id)
    phone = (centre.phone if centre is not None else None) or ""
    assert by.institution_id is not None
    expires_at = clock.now() + timedelta(hours=VALID_HOURS)
    with acting_as(NUMBERS), transaction() as session:
        _forget(ProcessingNumber.case_id == case.id)
        number = _free_number()
        row = ProcessingNumber(
            number_hash=_hash(number), case_id=case.id, expires_at=expires_at, state="issued"
        )
        session.add(row)
        # A random key: nothing leads from the message, which stays, to the number.
        queue_message(
            f"processing/{new_token()}",
            "processing_number",
            Addressee(channel, recipient, language, case_id=case.id),
            {"number": number, "hours": str(VALID_HOURS), "phone": phone},
            institution_id=by.institution_id,
            expires_at=expires_at,
        )
        session.flush()


def verify(number: object) -> bool:
    """True once for a number that was issued and is still valid; it is used up by that."""
    if not is_number(number):
        return False
    used = (
        update(ProcessingNumber)
        .where(
            ProcessingNumber.number_hash == _hash(str(number)),
            ProcessingNumber.state == "issued",
            ProcessingNumber.expires_at > clock.now(),
        )
        .values(state="used", case_id=None, expires_at=None)
        .execution_options(synchronize_session=False)
    )
    with acting_as(NUMBERS), transaction():
        return bool(db.session.execute(used).rowcount)


def expire() -> int:
    """Take the case off every number whose time is over; how many."""
    with acting_as(NUMBERS), transaction():
        return _forget(ProcessingNumber.expires_at <= clock.now())


def is_positive(case: Case) -> bool:
    """A confirmed case, or one with a positive test."""
    if case.diagnosis_type == "confirmed":
        return True
    positive = select(LabTest.id).where(LabTest.case_id == case.id, LabTest.result == "positive")
    return db.session.scalar(positive.limit(1)) is not None


def _forget(which: ColumnElement[bool]) -> int:
    gone = (
        update(ProcessingNumber)
        .where(which, ProcessingNumber.state == "issued")
        .values(state="expired", case_id=None, expires_at=None)
        .execution_options(synchronize_session=False)
    )
    return int(db.session.execute(gone).rowcount)


def _free_number() -> str:
    for _try in range(_TRIES):
        number = new_number()
        known = select(ProcessingNumber.id).where(ProcessingNumber.number_hash == _hash(number))
        if db.session.scalar(known) is None:
            return number
    raise InvalidState(_l("No free number was found. Please try again."))


def _recipient(case: Case, channel: str) -> str:
    person = case.person
    if channel == "sms":
        found = mobile_number(person.mobile_phone if person is not None else None)
    else:
        found = (person.email or None) if person is not None else None
    if found is None:
        raise InvalidInput({"channel": [_l("The person has no mobile number or mail address.")]})
    return found


def _hash(number: str) -> str:
    secret = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(secret, b"processing number|" + number.encode(), hashlib.sha256).hexdigest()
