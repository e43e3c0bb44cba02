"""Which messages exist for whom: those the own health centre sent, and those to people it meets.

What ties a message to an actor besides its sender is said by the packages that know people.
"""

from collections.abc import Callable

from sqlalchemy import ColumnElement, false, or_

from app.audit.history import historied
from app.messaging.models import Message, MessageCost, MessageTemplate, OptOut
from app.security.actor import Actor
from app.security.roles import HEALTH_CENTRE_ROLES
from app.security.rows import internal, row_law

Tie = Callable[[Actor], ColumnElement[bool]]
_ties: list[Tie] = []


def message_tie(condition: Tie) -> Tie:
    """Register a further reason for which a health centre meets a message."""
    _ties.append(condition)
    return condition


@row_law(Message)
def visible_messages(actor: Actor) -> ColumnElement[bool]:
    """Messages of the own health centre, and to people it meets now."""
    if actor.role not in HEALTH_CENTRE_ROLES:
        return false()
    own: ColumnElement[bool] = Message.institution_id == actor.institution_id
    return or_(own, *(condition(actor) for condition in _ties))


@row_law(MessageTemplate)
def visible_templates(actor: Actor) -> ColumnElement[bool]:
    """The own health centre's wording."""
    if actor.role not in HEALTH_CENTRE_ROLES:
        return false()
    mine: ColumnElement[bool] = MessageTemplate.institution_id == actor.institution_id
    return mine


historied(MessageTemplate, as_="message_template")
internal(OptOut, reason="keyed hashes of addresses that want no messages")
internal(MessageCost, reason="sums by institution and month, about nobody")
