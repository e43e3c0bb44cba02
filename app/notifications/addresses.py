"""Where the steps of an entry form lead: its own pages, or those of whoever lends the form."""

from collections.abc import Callable
from dataclasses import dataclass

from app.core.pages import Crumb
from app.notifications.models import Notification


@dataclass(frozen=True, slots=True)
class Addresses:
    """Addresses around the form of one draft.

    Attributes:
        kept: where a saved draft is opened again.
        done: where a submitted notification leads.
    """

    kept: Callable[[Notification], str]
    done: Callable[[Notification], str]
    cancel: str
    discard: str | None
    autosave: str | None
    trail: tuple[Crumb, ...]
