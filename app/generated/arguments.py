"""Address parameters, checked before anything else: what is malformed is answered with 400."""

import base64
import binascii
import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict

from app.core.errors import DomainError

MAX_KEY = 2**31 - 1


class BadArgument(DomainError):
    """A parameter of the address is not one this page knows or cannot be read."""

    status = 400


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page of a list starts: the sort value and key of the row before it."""

    value: Any
    key: int
    direction: Literal["after", "before"]


def record_key(text: str) -> int:
    """A primary key from an address. Anything but a plain positive integer is refused.

    Raises:
        BadArgument: not a key.
    """
    if (
        not (text.isascii() and text.isdigit())
        or not 0 < int(text[:12]) <= MAX_KEY
        or len(text) > 10
    ):
        raise BadArgument(_l("This address is not complete or has a mistake in it."))
    return int(text)


def only_known(arguments: MultiDict[str, str], known: Collection[str]) -> None:
    """Refuse parameters the page does not know, doubled ones and broken text.

    Raises:
        BadArgument: names no value.
    """
    for name, values in arguments.lists():
        if name not in known or len(values) > 1 or any("\x00" in v or len(v) > 400 for v in values):
            raise BadArgument(_l("This address is not complete or has a mistake in it."))


def one_of(arguments: MultiDict[str, str], name: str, allowed: Collection[str]) -> str | None:
    """The parameter when it is one of ``allowed``; None when absent.

    Raises:
        BadArgument: another value.
    """
    value = arguments.get(name)
    if not value:
        return None
    if value not in allowed:
        raise BadArgument(_l("This address is not complete or has a mistake in it."))
    return value


def pack_cursor(value: Any, key: int) -> str:
    """A cursor as an address parameter. Holds dates, numbers and codes only, never names."""
    plain = value.isoformat() if isinstance(value, date) else value
    return base64.urlsafe_b64encode(json.dumps([plain, key]).encode()).decode().rstrip("=")


def read_cursor(arguments: MultiDict[str, str], python_type: type[Any]) -> Cursor | None:
    """The cursor in ``after`` or ``before``.

    Raises:
        BadArgument: cannot be read as a cursor of this list.
    """
    for direction in ("after", "before"):
        packed = arguments.get(direction)
        if packed:
            value, key = _unpack(packed, python_type)
            return Cursor(value, key, "after" if direction == "after" else "before")
    return None


def _unpack(packed: str, python_type: type[Any]) -> tuple[Any, int]:
    try:
        value, key = json.loads(base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)))
        if value is not None and issubclass(python_type, date):
            value = python_type.fromisoformat(value)
        if not isinstance(key, int) or not 0 < key <= MAX_KEY:
            raise ValueError
        if value is not None and not isinstance(value, python_type):
            raise ValueError
    except (ValueError, TypeError, binascii.Error, UnicodeDecodeError):
        raise BadArgument(_l("This address is not complete or has a mistake in it.")) from None
    return value, key
