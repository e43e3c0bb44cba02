"""Sets of people, kept so small that every list and file can say who stood in it.

A block is 256 consecutive keys. Its set is 64 hexadecimal digits, four keys each, trailing
zeros left out: the database itself answers "was this person in it?" by looking at one digit
of the rows of one block, on SQLite and PostgreSQL alike. A file of 100,000 neighbouring
people takes 391 rows, a page of 25 mostly one or two.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, func

BLOCK = 256
_BITS = 4


def blocks_of(people: Iterable[int]) -> list[tuple[int, str, int]]:
    """(block, members, how many) of a set of keys, in the order of the blocks."""
    bits: dict[int, int] = {}
    for key in set(people):
        bits[key // BLOCK] = bits.get(key // BLOCK, 0) | 1 << key % BLOCK
    return [(block, _digits(found), found.bit_count()) for block, found in sorted(bits.items())]


def people_in(block: int | None, members: str | None) -> list[int]:
    """The keys of one stored set."""
    if block is None or not members:
        return []
    return [
        block * BLOCK + place * _BITS + bit
        for place, digit in enumerate(members)
        for bit in range(_BITS)
        if int(digit, 16) >> bit & 1
    ]


def block_of(person_id: int) -> int:
    """The block a key belongs to."""
    return person_id // BLOCK


def holds(members: Any, person_id: int) -> ColumnElement[bool]:
    """The column ``members`` of the key's own block holds the key."""
    place, bit = divmod(person_id % BLOCK, _BITS)
    digits = [f"{digit:x}" for digit in range(16) if digit >> bit & 1]
    return func.substr(members, place + 1, 1).in_(digits)


def _digits(bits: int) -> str:
    # The first digit holds the lowest keys, so the number is written from its end.
    return f"{bits:x}"[::-1]
