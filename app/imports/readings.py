"""What was read of a row, and what is wrong with it."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from app.core.labels import Label


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong: at which column, of which kind, in a sentence without the value."""

    column: int | None
    item: str
    kind: str
    message: Label

    def plain(self) -> dict[str, Any]:
        """As it is kept."""
        message = {"ja": self.message.ja, "en": self.message.en}
        return {"column": self.column, "item": self.item, "kind": self.kind} | message


@dataclass(slots=True)
class ReadRow:
    """A row with its values in plain form (item → value; blank cells are not in it).

    ``disease`` is its name as written, ``disease_id`` what that was on the day.
    """

    number: int
    key: str | None = None
    case_number: str | None = None
    disease: str | None = None
    values: dict[str, Any] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    disease_id: int | None = None
    counted_on: date | None = None
    centre_id: int | None = None

    def refuse(self, kind: str, message: Label, *, item: str, column: int | None = None) -> None:
        """Note a fault."""
        self.faults.append(Fault(column, item, kind, message))
