"""One cell as the value of its target. Pure."""

from collections.abc import Callable
from collections.abc import Mapping as Mapped
from functools import partial
from typing import Any

from app.tables import values as read
from app.tables.cells import Cell, is_blank
from app.tables.targets import Target


def understand(cell: Cell, target: Target, words: Mapped[str, str] | None = None) -> Any:
    """The value of one cell for its target; references stay text. Raises BadCell."""
    return None if is_blank(cell) else reader_for(target, words)(cell)


def reader_for(target: Target, words: Mapped[str, str] | None = None) -> Callable[[Cell], Any]:
    """What reads the filled cells of one column, for its target. It raises BadCell."""
    codes = target.codes
    if codes is not None and target.kind in ("code", "codes"):
        to_list = read.to_codes if target.kind == "codes" else read.to_code
        return lambda cell: to_list(cell, codes, words)
    return _READERS.get(target.kind, _text)(target)


def _text(target: Target) -> Callable[[Cell], Any]:
    return partial(read.to_text, max_length=target.max_length)


def _long_text(target: Target) -> Callable[[Cell], Any]:
    return partial(read.to_text, max_length=target.max_length, lines=True)


def _within_length(parse: Callable[..., Any]) -> Callable[[Target], Callable[[Cell], Any]]:
    return lambda target: partial(parse, max_length=target.max_length)


def _within_limits(parse: Callable[..., Any]) -> Callable[[Target], Callable[[Cell], Any]]:
    return lambda target: partial(parse, minimum=target.minimum, maximum=target.maximum)


_READERS: Mapped[str, Callable[[Target], Callable[[Cell], Any]]] = {
    "text": _text,
    "reference": _text,
    "long_text": _long_text,
    "kana": _within_length(read.to_kana),
    "phone": _within_length(read.to_phone),
    "postal_code": _within_length(read.postal_code),
    "date": lambda _target: read.to_date,
    "instant": lambda _target: read.to_instant,
    "integer": _within_limits(read.to_integer),
    "decimal": _within_limits(read.to_decimal),
    "boolean": lambda _target: read.to_boolean,
}
