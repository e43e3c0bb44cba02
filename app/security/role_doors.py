"""The shape of a row of the access matrix, which stands in ``roles.py``."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.core.items import Privacy
from app.core.labels import Label


@dataclass(frozen=True, slots=True)
class Role:
    """What one role may do: doors (resource → actions) and item classes."""

    label: Label
    reads: frozenset[Privacy]
    writes: frozenset[Privacy]
    doors: Mapping[str, frozenset[str]] = field(default_factory=dict)
    sees_all_history: bool = False
    """What other institutions did to a record too; without it only what one's own did."""

    def may(self, action: str, resource: str) -> bool:
        """True when the role holds ``resource:action``."""
        return action in self.doors.get(resource, frozenset())


def doors(**given: str) -> dict[str, frozenset[str]]:
    """Resource → actions, from words."""
    return {resource: frozenset(actions.split()) for resource, actions in given.items()}
