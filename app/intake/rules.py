"""Typed twice: which key items of two typings differ. Knows neither database nor web."""

from collections.abc import Mapping
from typing import Any, Final

from app.core.japanese import normalise, phone_key

KEY_ITEMS: Final = (
    "name",
    "kana",
    "birth_on",
    "home_phone",
    "mobile_phone",
    "diagnosis_type",
    "reported_on",
    "first_visit_on",
    "diagnosed_on",
    "onset_on",
)
"""What a second person types again: who it is, how to reach them, and the days that count."""
_PHONES: Final = frozenset({"home_phone", "mobile_phone"})


def differences(first: Mapping[str, Any], second: Mapping[str, Any]) -> tuple[str, ...]:
    """The key items two typings do not agree on; spaces and widths of signs do not count."""
    return tuple(
        name for name in KEY_ITEMS if _key(name, first.get(name)) != _key(name, second.get(name))
    )


def _key(name: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return (phone_key(value) if name in _PHONES else normalise(value)) or None
