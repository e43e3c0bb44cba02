"""What a menu is made of."""

from collections.abc import Callable
from dataclasses import dataclass

from app.core.labels import Label
from app.security.actor import Actor


@dataclass(frozen=True, slots=True)
class Entry:
    """A menu entry: shown to roles that hold ``action`` on ``resource``; ``count`` of what waits
    there stands beside it, and the pages of the views in ``also`` belong to it as well."""

    label: Label
    endpoint: str
    resource: str
    action: str = "list"
    icon: str = ""
    count: Callable[[Actor], int] | None = None
    also: tuple[str, ...] = ()

    @property
    def views(self) -> tuple[str, ...]:
        """Names of the views behind it."""
        return (self.endpoint.partition(".")[0], *self.also)


@dataclass(frozen=True, slots=True)
class Group:
    """A heading of the menu with its entries."""

    label: Label
    entries: tuple[Entry, ...]
