"""The verbs of messages: write one down, stop it, send it again, stop them all for an address."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time

from flask import current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select, update

from app.core import clock
from app.core.db import db
from app.core.errors import InvalidInput, InvalidState, NotVisible
from app.core.transaction import transaction
from app.messaging import texts
from app.messaging.models import Message, MessageTemplate, OptOut
from app.messaging.rules import (
    KEPT_FOR,
    parse_hours,
    problems_of_text,
    sending_time,
)
from app.security.actor import Actor, acting_as, system_actor
from app.security.rights import require

MESSAGES = system_actor("messages")


@dataclass(frozen=True, slots=True)
class Addressee:
    """To whom: an address, the way it is reached, and the case or contact it is about."""

    channel: str
    recipient: str
    language: str
    case_id: int | None = None
    contact_id: int | None = None


def queue_message(
    key: str,
    purpose: str,
    to: Addressee,
    values: Mapping[str, str],
    *,
    institution_id: int,
    expires_at: datetime | None = None,
) -> Message:
    """Write a message down; one with this key that is there already is given back unchanged.

    Part of the caller's transaction, and done as the system: whether somebody may have it sent
    is the caller's question. Outside the sending hours it waits for them.
    """
    with acting_as(MESSAGES), transaction() as session:
        known = session.scalar(select(Message).where(Message.key == key))
        if known is not None:
            return known
        found = texts.wording(institution_id, purpose, to.channel, to.language)
        subject, body = texts.composed(found, values)
        now = clock.now()
        refused = is_opted_out(to.recipient)
        message = Message(
            key=key,
            institution_id=institution_id,
            case_id=to.case_id,
            contact_id=to.contact_id,
            purpose=purpose,
            channel=to.channel,
            language=to.language,
            recipient=to.recipient,
            subject=subject,
            body=None if refused else body,
            state="opted_out" if refused else "queued",
            problem="opted_out" if refused else None,
            next_at=sending_time(to.channel, now, sending_hours()),
            expires_at=expires_at or now + KEPT_FOR,
            settled_at=now if refused else None,
        )
        session.add(message)
        session.flush()
    return message


def sending_hours() -> tuple[time, time]:
    """The hours within which an SMS may be sent (setting MESSAGE_HOURS)."""
    return parse_hours(current_app.config["MESSAGE_HOURS"])


def cancel_waiting(key_prefix: str) -> int:
    """Stop queued messages whose key begins with ``key_prefix``; how many."""
    waiting = (
        update(Message)
        .where(
            Message.key.startswith(key_prefix, autoescape=True),
            Message.state == "queued",
            Message.claimed_until.is_(None),
        )
        .values(state="cancelled", body=None, settled_at=clock.now())
        .execution_options(synchronize_session=False)
    )
    with acting_as(MESSAGES), transaction():
        return int(db.session.execute(waiting).rowcount)


def send_again(message_id: int, *, by: Actor) -> None:
    """Put a message that could not be sent back into the queue.

    Raises:
        NotAllowed, NotVisible: not for this actor.
        InvalidState: it was sent, or its text is gone.
    """
    require(by, "send", "message")
    message = db.session.get(Message, message_id)
    if message is None:
        raise NotVisible(_l("There is no such record."))
    if message.state != "failed" or message.body is None:
        raise InvalidState(_l("Only a message that failed can be sent again."))
    now = clock.now()
    again = (
        update(Message)
        .where(Message.id == message_id, Message.state == "failed", Message.body.is_not(None))
        .values(
            state="queued",
            problem=None,
            attempts=0,
            claimed_until=None,
            settled_at=None,
            next_at=sending_time(message.channel, now, sending_hours()),
            expires_at=now + KEPT_FOR,
        )
        .execution_options(synchronize_session=False)
    )
    with acting_as(MESSAGES), transaction():
        if not db.session.execute(again).rowcount:
            raise InvalidState(_l("Only a message that failed can be sent again."))


def stop_messages(recipient: str) -> None:
    """The addressee wants none: nothing is sent there any more, what waits is dropped."""
    with acting_as(MESSAGES), transaction() as session:
        if not is_opted_out(recipient):
            session.add(OptOut(address_hash=_address_hash(recipient)))


def allow_messages(recipient: str) -> None:
    """The addressee wants messages again."""
    gone = delete(OptOut).where(OptOut.address_hash == _address_hash(recipient))
    with acting_as(MESSAGES), transaction() as session:
        session.execute(gone)


def is_opted_out(recipient: str) -> bool:
    """True when nothing may be sent to the address."""
    wanted = select(OptOut.address_hash).where(OptOut.address_hash == _address_hash(recipient))
    return db.session.scalar(wanted) is not None


def keep_template(
    template: MessageTemplate | None,
    *,
    purpose: str,
    channel: str,
    language: str,
    subject: str | None,
    body: str,
    by: Actor,
) -> MessageTemplate:
    """Store the own wording of the actor's institution.

    Raises:
        NotAllowed: the role words no messages.
        InvalidInput: unknown or missing placeholders, too long.
    """
    require(by, "edit", "message_template")
    problems = [_WRONG[found] for found in problems_of_text(purpose, channel, body)]
    if problems:
        raise InvalidInput({"body": problems})
    with transaction() as session:
        if template is None:
            template = MessageTemplate(
                institution_id=by.institution_id,
                purpose=purpose,
                channel=channel,
                language=language,
                subject=subject,
                body=body,
            )
            session.add(template)
        else:
            template.subject, template.body = subject, body
        session.flush()
    return template


def drop_template(template: MessageTemplate, *, by: Actor) -> None:
    """Go back to the portal's wording."""
    require(by, "edit", "message_template")
    with transaction() as session:
        session.delete(template)


def _address_hash(recipient: str) -> str:
    secret = str(current_app.config["SECRET_KEY"]).encode()
    plain = recipient.strip().lower().encode()
    return hmac.new(secret, b"opted out|" + plain, hashlib.sha256).hexdigest()


_WRONG = {
    "unknown": _l("There is a placeholder that this message does not have."),
    "missing": _l("The link or the number is missing: without it the message is of no use."),
    "broken": _l("The braces are not those of a placeholder."),
    "too_long": _l("This is too long for an SMS."),
}
