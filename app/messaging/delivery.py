"""Sending what is due: each message is claimed, tried once, and its outcome written down.

The claim is a compare-and-swap, so any number of workers may send at the same time. A worker
that dies between its try and its note leaves a claim behind: an SMS is then repeated under the
same reference, which the provider knows; a mail is not, and is shown as uncertain.
"""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import current_app
from sqlalchemy import func, or_, select, update
from sqlalchemy.dialects.postgresql import insert as insert_on_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_on_sqlite

from app.core import clock
from app.core.db import db
from app.core.transaction import transaction
from app.messaging import mail, sms
from app.messaging.codes import CHANNEL
from app.messaging.models import Message, MessageCost
from app.messaging.outcomes import UNCERTAIN, Later, Outcome, Refused, Sent
from app.messaging.rules import next_try, sending_time, sms_cost
from app.messaging.service import MESSAGES, is_opted_out, sending_hours
from app.security.actor import acting_as

CLAIM = timedelta(minutes=5)
Progress = Callable[[int], None]


def deliver_due(progress: Progress | None = None) -> dict[str, int]:
    """Send everything that is due, oldest first; outcome → how many.

    A way of sending that is away is left alone until the next run: one message tries it, the
    others keep their tries.
    """
    done: dict[str, int] = {}
    with acting_as(MESSAGES):
        open_ways = set(CHANNEL.values)
        while open_ways:
            claimed = _claim(open_ways)
            if claimed is None:
                break
            message, was_claimed = claimed
            outcome = _try(message, was_claimed=was_claimed)
            if isinstance(outcome, Later) and outcome.away:
                open_ways.discard(message.channel)
            word = _settle(message, outcome)
            done[word] = done.get(word, 0) + 1
            if progress is not None:
                progress(sum(done.values()))
    return done


def is_something_due() -> bool:
    """True when a message waits that could be sent now (asked by every sweep)."""
    with acting_as(MESSAGES):
        return db.session.scalar(select(Message.id).where(*_due()).limit(1)) is not None


def _due() -> tuple[Any, ...]:
    now = clock.now()
    free = or_(Message.claimed_until.is_(None), Message.claimed_until < now)
    return (Message.state == "queued", Message.next_at <= now, free)


def _claim(ways: set[str]) -> tuple[Message, bool] | None:
    """The next message for this worker alone, and whether another one had claimed it before."""
    while True:
        with transaction() as session:
            found = session.scalars(
                select(Message)
                .where(*_due(), Message.channel.in_(ways))
                .order_by(Message.next_at, Message.id)
                .limit(1)
                .execution_options(populate_existing=True)
            ).first()
            if found is None:
                return None
            before = found.claimed_until
            taken = (
                update(Message)
                .where(
                    Message.id == found.id,
                    Message.state == "queued",
                    Message.claimed_until.is_not_distinct_from(before),
                )
                .values(claimed_until=clock.now() + CLAIM, attempts=Message.attempts + 1)
                .execution_options(synchronize_session=False)
            )
            if db.session.execute(taken).rowcount:
                session.refresh(found)
                return found, before is not None


def _try(message: Message, *, was_claimed: bool) -> Outcome:
    now = clock.now()
    if message.expires_at <= now:
        return Refused("failed", "too_late")
    if is_opted_out(message.recipient):
        return Refused("opted_out", "opted_out")
    if sending_time(message.channel, now, sending_hours()) > now:
        return Later("busy")
    body = message.body or ""
    if message.channel == "sms":
        return sms.send(reference=reference_of(message), to=message.recipient, text=body)
    if was_claimed:
        return UNCERTAIN
    return mail.send_once(
        reference=reference_of(message),
        to=message.recipient,
        subject=message.subject or "",
        text=body,
    )


def reference_of(message: Message) -> str:
    """What the message is called outside: always the same, and telling nothing."""
    secret = str(current_app.config["SECRET_KEY"])
    return hashlib.sha256(f"{secret}|{message.key}".encode()).hexdigest()[:32]


def _settle(message: Message, outcome: Outcome) -> str:
    """Write down what became of the try; the word for the counts."""
    now = clock.now()
    values: dict[str, Any] = {"claimed_until": None}
    if isinstance(outcome, Sent):
        word = "sent"
        values |= {
            "state": "sent",
            "problem": None,
            "provider_key": outcome.provider_key,
            "parts": outcome.parts,
            "sent_at": now,
            "body": None,
        }
    elif isinstance(outcome, Refused):
        word = outcome.state
        values |= {"state": outcome.state, "problem": outcome.problem, "settled_at": now}
        if outcome.state != "failed" or outcome.problem == "too_late":
            values["body"] = None
    else:
        word = "later"
        again = sending_time(message.channel, next_try(message.attempts, now), sending_hours())
        values |= {"problem": outcome.problem, "next_at": again}
    mine = Message.claimed_until == message.claimed_until
    with transaction():
        written = db.session.execute(
            update(Message)
            .where(Message.id == message.id, Message.state == "queued", mine)
            .values(**values)
            .execution_options(synchronize_session=False)
        )
        if written.rowcount and isinstance(outcome, Sent):
            _count(message, outcome.parts)
    return word


def _count(message: Message, parts: int) -> None:
    price = current_app.config["SMS_PRICE_YEN"] if message.channel == "sms" else "0"
    insert: Any = {"sqlite": insert_on_sqlite, "postgresql": insert_on_postgresql}[
        db.engine.dialect.name
    ]
    new = insert(MessageCost).values(
        institution_id=message.institution_id,
        month=clock.in_japan(clock.now()).strftime("%Y-%m"),
        channel=message.channel,
        messages=1,
        parts=parts,
        yen=sms_cost(parts, price),
    )
    db.session.execute(
        new.on_conflict_do_update(
            index_elements=["institution_id", "month", "channel"],
            set_={
                name: getattr(MessageCost, name) + getattr(new.excluded, name)
                for name in ("messages", "parts", "yen")
            },
        )
    )


def forget_texts() -> int:
    """Empty the texts of messages that failed a week ago; they hold links and numbers."""
    old = (
        update(Message)
        .where(
            Message.state == "failed",
            Message.body.is_not(None),
            Message.settled_at < clock.now() - timedelta(days=7),
        )
        .values(body=None)
        .execution_options(synchronize_session=False)
    )
    with acting_as(MESSAGES), transaction():
        return int(db.session.execute(old).rowcount)


def count_waiting() -> int:
    """How many messages wait, for the operator."""
    with acting_as(MESSAGES):
        waiting = select(func.count(Message.id)).where(Message.state == "queued")
        return int(db.session.scalar(waiting) or 0)
