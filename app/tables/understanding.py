"""One cell as the value of its target. Pure."""

from collections.abc import Callable
from collections.abc import Mapping as Mapped
from typing import Any

from app.tables import values as read
from app.tables.cells import Cell, is_blank
from app.tables.targets import Target


def understand(cell: Cell, target: Target, words: Mapped[str, str] | None = None) -> Any:
    """The value of one cell for its target; references stay text. Raises BadCell."""
    if is_blank(cell):
        return None
    if target.codes is not None and target.kind in ("code", "codes"):
        to_list = read.to_codes if target.kind == "codes" else read.to_code
        return to_list(cell, target.codes, words)
    return _READERS.get(target.kind, _text)(cell, target)


def _text(cell: Cell, target: Target) -> str | None:
    return read.to_text(cell, max_length=target.max_length)


_READERS: Mapped[str, Callable[[Cell, Target], Any]] = {
    "text": _text,
    "reference": _text,
    "long_text": lambda cell, target: read.to_text(cell, max_length=target.max_length, lines=True),
    "kana": lambda cell, target: read.to_kana(cell, max_length=target.max_length),
    "phone": lambda cell, target: read.to_phone(cell, max_length=target.max_length),
    "postal_code": lambda cell, target: read.postal_code(cell, max_length=target.max_length),
    "date": lambda cell, _target: read.to_date(cell),
    "instant": lambda cell, _target: read.to_instant(cell),
    "integer": lambda cell, target: read.to_integer(
        cell, minimum=target.minimum, maximum=target.maximum
    ),
    "decimal": lambda cell, target: read.to_decimal(
        cell, minimum=target.minimum, maximum=target.maximum
    ),
    "boolean": lambda cell, _target: read.to_boolean(cell),
}
