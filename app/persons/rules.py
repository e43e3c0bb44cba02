"""Keys under which a person is found, and the days on which something can happen to them."""

from datetime import date

from app.core import japanese
from app.core.labels import Label


def kana_key(text: str | None) -> str | None:
    """The reading as it is searched; None when nothing is left of it."""
    return (japanese.kana_key(text) or None) if text else None


def name_key(text: str | None) -> str | None:
    """The written name as it is searched, variant kanji unified; None when empty."""
    return (japanese.name_key(text) or None) if text else None


def phone_key(number: str | None) -> str | None:
    """The digits of a number as they are searched; None when it has none."""
    return (japanese.phone_key(number) or None) if number else None


def day_key(day: date | None) -> str | None:
    """A day as it is searched."""
    return None if day is None else day.isoformat()


def day_problem(day: date | None, *, today: date, birth_on: date | None) -> Label | None:
    """Why nothing can have happened to a person on ``day``; None when it can, or is blank."""
    if day is None:
        return None
    if day > today:
        return Label("未来の日付は入力できません。", "The day lies in the future.")
    if birth_on is not None and day < birth_on:
        return Label("生年月日より前の日付です。", "The day lies before the date of birth.")
    return None
