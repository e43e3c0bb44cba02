"""What was read of a row, and what is wrong with it."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from app.core.labels import Label

_NUMBER = "number"
"""The case's own number among what is kept; no item is called so."""


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

    def said(self) -> dict[str, Any]:
        """The items as they are kept until they are written."""
        return (
            self.values if self.case_number is None else self.values | {_NUMBER: self.case_number}
        )

    @classmethod
    def kept(cls, row: Any) -> "ReadRow":
        """The row as it was read when its file was taken in."""
        values = dict(row.said)
        return cls(
            row.number,
            key=row.key,
            case_number=values.pop(_NUMBER, None),
            values=values,
            disease_id=row.disease_id,
            counted_on=row.counted_on,
            centre_id=row.centre_id,
        )

    def refuse(self, kind: str, message: Label, *, item: str, column: int | None = None) -> None:
        """Note a fault."""
        self.faults.append(Fault(column, item, kind, message))
