"""Who may take which step with a notification, and what the second of two people is told."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from app.audit.causes import reason
from app.audit.history import because
from app.core.dates import format_instant
from app.core.db import db
from app.core.errors import InvalidInput, InvalidState, NotAllowed
from app.core.labels import Label
from app.core.transaction import transaction
from app.notifications.guard import may_become
from app.notifications.models import Notification
from app.security.actor import Actor

REASON_LENGTH = 2000
_HISTORY_REASON = 400
ACCEPTED = reason("notification_accepted", Label("発生届の受理", "Notification accepted"))
CORRECTED = reason("notification_corrected", Label("発生届の訂正", "Notification corrected"))


@contextmanager
def step(
    notification: Notification, following: str, *, because_of: str | None
) -> Iterator[Session]:
    """A change of state in one transaction; whoever comes second is told what happened."""
    if not may_become(notification.state, following):
        raise InvalidState(standing(notification))
    with changing(notification, because_of=because_of) as session:
        yield session


@contextmanager
def changing(notification: Notification, *, because_of: str | None) -> Iterator[Session]:
    """A change of a notification in one transaction, told like :func:`step`."""
    if notification.state in ("corrected", "withdrawn"):
        raise InvalidState(standing(notification))
    try:
        with (
            because(None if because_of is None else because_of[:_HISTORY_REASON]),
            transaction() as session,
        ):
            yield session
            session.flush()
    except StaleDataError:
        db.session.refresh(notification)
        raise InvalidState(standing(notification)) from None


TOO_LATE = _l("The time to change this notification is over. Please tell the health centre.")


def standing(notification: Notification) -> object:
    """What became of a notification, for somebody who came too late."""
    if notification.state == "accepted" and notification.accepted_at is not None:
        return _l(
            "This notification was already accepted on %(at)s by %(who)s.",
            at=format_instant(notification.accepted_at),
            who=notification.accepted_by,
        )
    sentences = {
        "draft": _l("This notification is still a draft."),
        "submitted": _l("This notification is waiting for acceptance."),
        "returned": _l("This notification was already returned to its sender."),
        "corrected": _l("A newer version of this notification exists."),
        "withdrawn": _l("This notification was withdrawn by its sender."),
    }
    return sentences.get(notification.state, "")


def reason_of(text: str) -> str:
    """The reason as stored. Raises InvalidInput when there is none or it is too long."""
    said = text.strip()
    if not said:
        raise InvalidInput({"reason": [_l("Enter the reason.")]})
    if len(said) > REASON_LENGTH:
        limit = f"{REASON_LENGTH:,}"
        raise InvalidInput({"reason": [_l("At most %(limit)s characters.", limit=limit)]})
    return said


def require_draft(notification: Notification, by: Actor) -> None:
    """Raises InvalidState for what is no draft (any more), NotAllowed for another's."""
    require_sender(notification, by)
    if notification.state != "draft":
        raise InvalidState(standing(notification))


def require_sender(notification: Notification, by: Actor) -> None:
    """Raises NotAllowed unless the actor's institution notified or typed it in."""
    senders = (notification.institution_id, notification.entering_institution_id)
    if not by.is_system and by.institution_id not in senders:
        raise NotAllowed(_l("This notification belongs to another institution."))


def require_addressee(notification: Notification, by: Actor) -> None:
    """Raises NotAllowed unless it is addressed to the actor's health centre."""
    if not by.is_system and by.institution_id != notification.responsible_centre_id:
        raise NotAllowed(_l("This notification is addressed to another health centre."))
