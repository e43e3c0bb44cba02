"""Tells higher packages what a recount changed, in the transaction that changed it.

The sums say how it is; who keeps how it came about (the journal of publication) follows here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from sqlalchemy import Connection

from app.statistics.measures import Cell

First = Literal["entered", "imported", "counted_before"]


@dataclass(frozen=True, slots=True)
class Change:
    """What one case gave before and gives now; ``first`` says what it was before."""

    case_id: int
    before: Mapping[Cell, int]
    now: Mapping[Cell, int]
    first: First = "counted_before"


class Follower(Protocol):
    """Who is told. All of it happens before the commit that made the change."""

    def changed(self, connection: Connection, changes: Sequence[Change]) -> None:
        """Cases give something else now."""

    def counted_anew(
        self, connection: Connection, span: tuple[int, int], now: Mapping[int, Mapping[Cell, int]]
    ) -> None:
        """A rebuild counted the cases with keys in ``span`` (both ends included)."""

    def rebuilt(self, connection: Connection) -> None:
        """A rebuild is through; the sums stand."""


_followers: list[Follower] = []


def follow_changes(follower: Follower) -> None:
    """Tell ``follower`` from now on; it may register again."""
    if follower not in _followers:
        _followers.append(follower)


def tell_changed(connection: Connection, changes: Sequence[Change]) -> None:
    """Cases give something else now."""
    if changes:
        for follower in _followers:
            follower.changed(connection, changes)


def tell_counted_anew(
    connection: Connection, span: tuple[int, int], now: Mapping[int, Mapping[Cell, int]]
) -> None:
    """A rebuild has counted a chunk."""
    for follower in _followers:
        follower.counted_anew(connection, span, now)


def tell_rebuilt(connection: Connection) -> None:
    """A rebuild is through."""
    for follower in _followers:
        follower.rebuilt(connection)
