"""Blocks: groups of persons small enough to be compared one by one.

Two records of one person agree in at least one of these whatever single thing was mistyped:
the birth date with the beginning of a name, the whole name with half of the birth date, a
telephone number, or the home. Each becomes a keyed token like those of the searches.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from app.persons.reading import address_key, day_parts, loose, variants_unified, words_of
from app.persons.rules import phone_key

COLUMN = "person.alike"
"""What the tokens' key is derived for."""
PHONES = ("mobile_phone", "home_phone", "location_phone")
COMPARED = ("name", "kana", "birth_on", "address", *PHONES)
"""The items of Person that blocks are made of."""
_MOST_WORDS = 4


def blocks_of(values: Mapping[str, Any]) -> frozenset[str]:
    """Every block of a person with these values; none for somebody without any of them."""
    return frozenset(_blocks(values))


def _blocks(values: Mapping[str, Any]) -> Iterator[str]:
    words = [loose(word) for word in words_of(values.get("kana"))][:_MOST_WORDS]
    name = variants_unified(values.get("name"))
    birth_on: date | None = values.get("birth_on")
    if birth_on is not None:
        yield from _of_birth(birth_on, words, name)
    for item in PHONES:
        number = phone_key(values.get(item))
        if number and len(number) >= 9:
            yield f"phone {number}"
    home = address_key(values.get("address"))
    if home:
        yield f"home {home}"


def _of_birth(birth_on: date, words: list[str], name: str) -> Iterator[str]:
    day, (year, month_and_day) = birth_on.isoformat(), day_parts(birth_on)
    whole = "".join(words)
    # The last two as well: a family and a given name written without a space between.
    for part in {word[:2] for word in words} | ({whole[-2:]} if whole else set()):
        yield f"born {day} {part}"
    if name:
        yield f"born {day} {name}"
    # The letters in order of the alphabet: three orders of a name are one.
    for kind, text in (("read", "".join(sorted(whole))), ("written", name)):
        if text:
            yield f"{kind} {text} year {year}"
            yield f"{kind} {text} day {month_and_day}"
