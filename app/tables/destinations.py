"""Where mapped tables go: what is above registers itself here, and nothing below knows it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from app.core.errors import NotVisible
from app.core.labels import Label
from app.security.actor import Actor
from app.tables.mapping import Mapping
from app.tables.targets import Target

if TYPE_CHECKING:
    from app.tables.models import TableFile


class Start(Protocol):
    """Takes a kept file and its mapping over; gives the address of what it became."""

    def __call__(self, *, by: Actor, file: "TableFile", mapping: Mapping) -> str: ...


@dataclass(frozen=True, slots=True)
class Destination:
    """One kind of records that a table can bring.

    ``targets`` is asked for each time, as an actor meets it; ``may`` says who is offered it.
    """

    name: str
    label: Label
    targets: Callable[[Actor], Sequence[Target]]
    start: Start
    may: Callable[[Actor], bool]


_destinations: dict[str, Destination] = {}


def register_destination(
    name: str,
    label: Label,
    targets: Callable[[Actor], Sequence[Target]],
    start: Start,
    *,
    may: Callable[[Actor], bool] = lambda _actor: True,
) -> None:
    """Offer a destination on the page of tables; registered again it replaces itself.

    Args:
        start: called as ``start(by=actor, file=kept file, mapping=mapping)`` inside the
            transaction that marks the file as gone on; returns the URL of the batch.
    """
    _destinations[name] = Destination(name, label, targets, start, may)


def destinations(actor: Actor) -> tuple[Destination, ...]:
    """What is offered to this actor, in the order of registration."""
    return tuple(one for one in _destinations.values() if one.may(actor))


def destination(name: str, actor: Actor) -> Destination:
    """The destination. Raises NotVisible when there is none for this actor."""
    found = _destinations.get(name)
    if found is None or not found.may(actor):
        raise NotVisible
    return found


def forget_destination(name: str) -> None:
    """Take a destination away again."""
    _destinations.pop(name, None)
