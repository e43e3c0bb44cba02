"""What can be taken out: packages register how their list becomes a table."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select

from app.core.errors import NotVisible
from app.exports.tables import Columns


@dataclass(frozen=True, slots=True)
class ExportPlan:
    """What a builder answers.

    Attributes:
        title: the file's name and heading, without a personal value.
        statement: one mapped class, or plain columns; many-to-one loader options are welcome,
            collections are not (rows are streamed).
        counted: the same rows without their items, where that is cheaper to count.
        conditions: (label, text) lines of the cover sheet, worded for the reader.
        people_of: the keys of the people some rows are about, for the record of who was in it.
        recorded: the filters as kept in the record of reads, without searched names.
    """

    title: str
    statement: Select[Any]
    columns: Columns
    conditions: Sequence[tuple[str, str]] = ()
    recorded: Mapping[str, Any] = field(default_factory=dict)
    people_of: Callable[[Sequence[Any]], Iterable[int]] = lambda _rows: ()
    counted: Select[Any] | None = None


Builder = Callable[[Mapping[str, Any]], ExportPlan]
_builders: dict[str, Builder] = {}


def exportable(resource: str, builder: Builder) -> None:
    """Register how ``resource`` (its name in the access matrix) becomes a table.

    ``builder(parameters)`` runs in the job under the actor who asked and is given
    ``filters`` and ``sort`` as the list view enqueued them; it checks them again.
    """
    _builders[resource] = builder


def plan_for(resource: str, parameters: Mapping[str, Any]) -> ExportPlan:
    """The table asked for.

    Raises:
        NotVisible: nothing of that name can be taken out.
    """
    builder = _builders.get(resource)
    if builder is None:
        raise NotVisible
    return builder(parameters)


def is_exportable(resource: str) -> bool:
    """True when a package registered ``resource``."""
    return resource in _builders
