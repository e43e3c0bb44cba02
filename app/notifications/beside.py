"""What features above put beside a notification being typed, and what they do once it is sent."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.core.pages import Action
from app.notifications.models import Notification
from app.security.actor import Actor


@dataclass(frozen=True, slots=True)
class Panel:
    """A template shown beside the entry form, with its values."""

    template: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Beside:
    """A feature's part in the life of a notification.

    Args:
        panel: shown while a draft is typed.
        action: a button on the page of a notification.
        submitted: called in the transaction of the submission.
    """

    panel: Callable[[Notification], Panel | None]
    action: Callable[[Notification], Action | None]
    submitted: Callable[[Notification, Actor], None]


_registered: list[Beside] = []


def stand_beside(feature: Beside) -> None:
    """Register a feature; once per process."""
    if feature not in _registered:
        _registered.append(feature)


def panel_beside(draft: Notification | None) -> Panel | None:
    """What stands beside the form of a draft."""
    if draft is None:
        return None
    return next((p for p in (one.panel(draft) for one in _registered) if p is not None), None)


def actions_beside(notification: Notification) -> Iterator[Action]:
    """Buttons on the page of a notification."""
    for one in _registered:
        action = one.action(notification)
        if action is not None:
            yield action


def tell_submitted(notification: Notification, *, by: Actor) -> None:
    """A notification was sent; whoever has a part in it follows in the same transaction."""
    for one in _registered:
        one.submitted(notification, by)
