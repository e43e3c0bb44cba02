"""Keys under which a person is found, whatever way the name or number was typed."""

from app.core import japanese


def kana_key(text: str | None) -> str | None:
    """The reading as it is searched; None when nothing is left of it."""
    return (japanese.kana_key(text) or None) if text else None


def name_key(text: str | None) -> str | None:
    """The written name as it is searched, variant kanji unified; None when empty."""
    return (japanese.name_key(text) or None) if text else None


def phone_key(*numbers: str | None) -> str | None:
    """The digits of the first number given; None when no number has any."""
    return next((key for number in numbers if number and (key := japanese.phone_key(number))), None)
