"""What a person can be looked up by, and what is kept of it: columns, keys and tokens."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from app.core.crypto.keys import Key
from app.core.crypto.tokens import gram_token, grams, maker, token
from app.persons.blocks import COLUMN, COMPARED, blocks_of
from app.persons.rules import day_key, kana_key, name_key, phone_key


@dataclass(frozen=True, slots=True)
class Lookup:
    """One way to look a person up.

    Attributes:
        column: what the tokens' key is derived for.
        items: the items of Person that are searched together.
        key: an item's value in the form that is compared; None when nothing is left of it.
        by_part: True when any part of two characters and more finds it.
    """

    column: str
    items: tuple[str, ...]
    key: Callable[[Any], str | None]
    by_part: bool = False

    def kept(self, key: Key, values: Mapping[str, Any]) -> list[int]:
        """The tokens to keep of a person with these values."""
        texts, parts = self.keys_of(values), self.column
        found = list(map(maker(key, f"{self.column} whole"), texts))
        if self.by_part:
            found += [gram_token(key, parts, gram) for text in texts for gram in grams(text)]
        return found

    def asked(self, key: Key, text: str, *, whole: bool = False) -> tuple[int, ...]:
        """The tokens a person has to have to match ``text``, which has been through ``key``."""
        if whole or not self.by_part:
            return (token(key, f"{self.column} whole", text),)
        return tuple(token(key, self.column, gram) for gram in grams(text))

    def matches(self, values: Mapping[str, Any], text: str, *, whole: bool = False) -> bool:
        """True when the values themselves match: tokens alone may be equal by chance."""
        keys = self.keys_of(values)
        return text in keys if whole or not self.by_part else any(text in key for key in keys)

    def keys_of(self, values: Mapping[str, Any]) -> tuple[str, ...]:
        """The searched form of the values that have one."""
        found = [self.key(values.get(name)) for name in self.items]
        return tuple([text for text in found if text])


NAME = Lookup("person.name", ("name",), name_key, by_part=True)
KANA = Lookup("person.kana", ("kana",), kana_key, by_part=True)
TELEPHONE = Lookup("person.telephone", ("mobile_phone", "home_phone", "location_phone"), phone_key)
BIRTH = Lookup("person.birth_on", ("birth_on",), day_key)

LOOKUPS = (NAME, KANA, TELEPHONE, BIRTH)
SEARCHED = tuple(dict.fromkeys((*(name for lookup in LOOKUPS for name in lookup.items), *COMPARED)))
"""Every item of Person that tokens are made of."""
FORM = 2
"""Grows when other tokens are kept than before: those of an older form are made anew."""


def tokens_of(key: Key, values: Mapping[str, Any]) -> list[int]:
    """Every token of a person with these values, in ascending order."""
    found = set(map(maker(key, COLUMN), blocks_of(values)))
    for lookup in LOOKUPS:
        found.update(lookup.kept(key, values))
    return sorted(found)


def block_tokens(key: Key, values: Mapping[str, Any]) -> tuple[int, ...]:
    """The tokens of the blocks alone: who shares one of them is worth comparing."""
    return tuple(map(maker(key, COLUMN), sorted(blocks_of(values))))
