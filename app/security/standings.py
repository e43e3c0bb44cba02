"""In how many ways one can stand before a row law, so that each is asked once.

A law is a function of Python that builds a condition: it may branch on the role, on what the
institution was let do, and on whether it has an authority or a prefecture at all. Everything
else it must leave to the condition.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

from sqlalchemy import literal_column

from app.security import rows
from app.security.actor import Actor
from app.security.roles import Entry, RoleName

SCHEMA = "wall"
CLAIM = f"(SELECT {SCHEMA}.claim())"  # asked once per statement
# The place of each key in the claim, see claims.claim_of.
_KEYS = {
    "user_id": "{who}[2]::integer",
    "institution_id": "{who}[3]::integer",
    "authority_id": "{who}[4]::integer",
    "prefecture_code": "{who}[5]",
    "household_id": "{who}[9]::integer",
}
# Whoever is signed in is somebody at an institution; the rest depends on its place in the tree.
_MAY_BE_MISSING = ("authority_id", "prefecture_code")


@dataclass(frozen=True, slots=True)
class Standing:
    """A role and, as far as the law asks, which entries it has and which keys it lacks."""

    role: RoleName
    entries: tuple[tuple[Entry, bool], ...] = ()
    keys: tuple[tuple[str, bool], ...] = ()

    @property
    def is_whole_role(self) -> bool:
        """True where the role alone decides."""
        return not self.entries and not self.keys

    def condition(self, who: str) -> str:
        """That the claim ``who`` is of this standing."""
        has = [
            f"strpos({who}[8], ',{entry},') {'>' if given else '='} 0"
            for entry, given in self.entries
        ]
        holds = [
            f"{_KEYS[name].format(who=who)} IS {'NOT NULL' if there else 'NULL'}"
            for name, there in self.keys
        ]
        return " AND ".join([f"{who}[1] = '{self.role}'", *has, *holds])


class _Noted(frozenset[Entry]):
    """Entries that note which ones a law asks for."""

    asked: set[Entry]

    def __new__(cls, entries: Iterable[Entry], asked: set[Entry]) -> "_Noted":
        made = super().__new__(cls, entries)
        made.asked = asked
        return made

    def __contains__(self, entry: object) -> bool:
        if isinstance(entry, Entry):
            self.asked.add(entry)
        return super().__contains__(entry)


def actor_in(standing: Standing, who: str = CLAIM) -> Actor:
    """Whoever the claim ``who`` (an SQL expression) names, known to be of that standing."""
    keys: dict[str, Any] = {
        name: literal_column(place.format(who=who)) for name, place in _KEYS.items()
    }
    missing = {name: None for name, there in standing.keys if not there}
    given = frozenset(entry for entry, has in standing.entries if has)
    return Actor(name="", role=standing.role, entries=given, **{**keys, **missing})


def standings_before(model: type[Any]) -> Iterator[Standing]:
    """Every role; where the law of ``model`` branches further, once for each way."""
    for role in RoleName:
        if role is not RoleName.SYSTEM:
            whole = Standing(role)
            entries, keys = sorted(_entries_asked(model, whole)), _keys_asked(model, whole)
            for has in product((True, False), repeat=len(entries)):
                for there in product((True, False), repeat=len(keys)):
                    yield Standing(
                        role,
                        tuple(zip(entries, has, strict=True)),
                        tuple(zip(keys, there, strict=True)),
                    )


def _entries_asked(model: type[Any], standing: Standing) -> set[Entry]:
    asked: set[Entry] = set()
    for given in (frozenset[Entry](), frozenset(Entry)):
        rows.shown_by_wall(model, replace(actor_in(standing), entries=_Noted(given, asked)))
    return asked


def _keys_asked(model: type[Any], standing: Standing) -> list[str]:
    """The keys without which the law becomes another one."""
    everything = replace(actor_in(standing), entries=frozenset(Entry))
    law = str(rows.shown_by_wall(model, everything))
    return [
        name
        for name in _MAY_BE_MISSING
        if str(rows.shown_by_wall(model, replace(everything, **{name: None}))) != law  # type: ignore[arg-type]
    ]
