"""Reads of the screens of messages."""

from collections.abc import Sequence

from sqlalchemy import func, select

from app.core import clock
from app.core.db import db
from app.generated.arguments import Cursor
from app.messaging.models import Message, MessageCost, MessageTemplate
from app.security.actor import Actor

PAGE = 50
SHOWN: dict[str, tuple[str, ...]] = {
    "waiting": ("queued",),
    "problems": ("failed", "bounced", "opted_out"),
    "sent": ("sent", "delivered"),
}
"""What each tab of the queue shows."""


def messages_of(actor: Actor, shown: str | None, cursor: Cursor | None) -> Sequence[Message]:
    """Messages of the own institution, newest first, one more than a page."""
    wanted = select(Message).where(Message.institution_id == actor.institution_id)
    if shown is not None:
        wanted = wanted.where(Message.state.in_(SHOWN[shown]))
    if cursor is not None:
        wanted = wanted.where(Message.id < cursor.key)
    return db.session.scalars(wanted.order_by(Message.id.desc()).limit(PAGE + 1)).all()


def counts_by_state(actor: Actor) -> dict[str, int]:
    """State → how many messages of the own institution."""
    rows = db.session.execute(
        select(Message.state, func.count(Message.id))
        .where(Message.institution_id == actor.institution_id)
        .group_by(Message.state)
    )
    return {state: int(number) for state, number in rows}


def costs(actor: Actor, months: int = 12) -> Sequence[MessageCost]:
    """What the own institution sent, newest month first."""
    return db.session.scalars(
        select(MessageCost)
        .where(MessageCost.institution_id == actor.institution_id)
        .order_by(MessageCost.month.desc(), MessageCost.channel)
        .limit(months * 2)
    ).all()


def messages_about(*, case_id: int | None = None, contact_id: int | None = None) -> list[Message]:
    """Messages about one case or contact that exist for the actor, newest first."""
    about = Message.case_id == case_id if contact_id is None else Message.contact_id == contact_id
    found = select(Message).where(about).order_by(Message.id.desc()).limit(200)
    return list(db.session.scalars(found))


def own_templates(actor: Actor) -> set[tuple[str, str, str]]:
    """(purpose, channel, language) of everything the own institution worded itself."""
    mine = MessageTemplate.institution_id == actor.institution_id
    columns = (MessageTemplate.purpose, MessageTemplate.channel, MessageTemplate.language)
    rows = db.session.execute(select(*columns).where(mine))
    return {(purpose, channel, language) for purpose, channel, language in rows}


def month_now() -> str:
    """The running month as ``2021-08``."""
    return clock.in_japan(clock.now()).strftime("%Y-%m")
