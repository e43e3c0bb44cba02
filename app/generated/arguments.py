"""Address parameters, checked before anything else: what is malformed is answered with 400."""

import base64
import binascii
import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
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


def pack_cursor(order: str, value: Any, key: int) -> str:
    """A cursor as an address parameter. Holds dates, numbers and codes only, never names.

    ``order`` names the list and its sorting: in another one the place means nothing.
    """
    plain = value.isoformat() if isinstance(value, date) else value
    return base64.urlsafe_b64encode(json.dumps([order, plain, key]).encode()).decode().rstrip("=")


def read_cursor(
    arguments: MultiDict[str, str], order: str, python_type: type[Any] | None
) -> Cursor | None:
    """The cursor in ``after`` or ``before``; ``python_type`` None: sorted by the key alone.

    Raises:
        BadArgument: cannot be read as a cursor of this list in this order.
    """
    after, before = arguments.get("after"), arguments.get("before")
    if after and before:
        raise BadArgument(_l("This address is not complete or has a mistake in it."))
    packed = after or before
    if not packed:
        return None
    value, key = _unpack(packed, order, python_type)
    return Cursor(value, key, "after" if after else "before")


def _unpack(packed: str, order: str, python_type: type[Any] | None) -> tuple[Any, int]:
    try:
        named, value, key = json.loads(base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)))
        if type(key) is not int or not 0 < key <= MAX_KEY or named != order:
            raise ValueError
        return _place(value, python_type), key
    except (ValueError, TypeError, binascii.Error):
        raise BadArgument(_l("This address is not complete or has a mistake in it.")) from None


def _place(value: Any, python_type: type[Any] | None) -> Any:
    """The sort value of a cursor. Raises ValueError or TypeError when it cannot be one."""
    if value is None:
        return None
    if python_type is None:
        raise ValueError
    if issubclass(python_type, date):
        value = python_type.fromisoformat(value)
    naive = isinstance(value, datetime) and value.tzinfo is None
    if not isinstance(value, python_type) or naive or _cannot_be_stored(value):
        raise ValueError
    return value


def _cannot_be_stored(value: Any) -> bool:
    if isinstance(value, str):
        return "\x00" in value
    return isinstance(value, int | float) and not abs(value) <= MAX_KEY
