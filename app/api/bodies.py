"""The body of a call: one JSON object, nothing else."""

import json
from decimal import Decimal
from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType

from app.core.errors import DomainError, InvalidInput

LARGEST_BODY = 1024 * 1024
_TYPES = frozenset({"application/json", "application/merge-patch+json"})


class Unreadable(DomainError):
    """The body is no JSON."""

    status = 400


def read_object() -> dict[str, Any]:
    """The JSON object that was sent; numbers with a point are Decimal.

    Raises:
        UnsupportedMediaType: another kind of content.
        RequestEntityTooLarge: more than a megabyte.
        Unreadable: no JSON, a name twice, or a number JSON does not know.
        InvalidInput: JSON, but no object.
    """
    if request.mimetype not in _TYPES:
        raise UnsupportedMediaType
    data = request.get_data()
    if len(data) > LARGEST_BODY:
        raise RequestEntityTooLarge
    try:
        read = json.loads(
            data.decode("utf-8"),
            parse_float=Decimal,
            parse_constant=_refuse_constant,
            object_pairs_hook=_once_each,
        )
    except (ValueError, RecursionError, ArithmeticError):
        raise Unreadable(_l("The body is not JSON.")) from None
    if not isinstance(read, dict):
        raise InvalidInput({"": [_l("Send one JSON object.")]}, codes={"": "wrong_type"})
    return read


def _refuse_constant(_name: str) -> Any:
    raise ValueError


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    named = dict(pairs)
    if len(named) != len(pairs):
        raise ValueError
    return named
