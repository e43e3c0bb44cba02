"""Asking whether somebody who is being entered is known already.

Features that enter people ask here; the one that compares them (above) answers. Without it
nobody is known.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from app.persons.models import Person

ANOTHER = "another"
"""The answer "none of these": a new person."""


@dataclass(frozen=True, slots=True)
class Known:
    """A person who exists for whoever asks and is probably the same, with the reasons in words."""

    person_id: int
    name: str
    kana: str
    birth: str
    score: int
    reasons: tuple[str, ...]


class Knower(Protocol):
    """What the comparison answers."""

    def known(self, values: Mapping[str, Any], own_id: int | None) -> Sequence[Known]:
        """Who is probably the person of ``values``, the most probable first."""

    def all_known(self, many: Sequence[Mapping[str, Any]]) -> Sequence[Sequence[Known]]:
        """The same for each of many, in one look-up."""

    def likeness(self, one: Person, other: Person) -> tuple[int, tuple[str, ...]]:
        """The score of two persons the reader meets, and its reasons in words."""

    def others(self, person_id: int, shown: Collection[int]) -> None:
        """None of those shown was meant: these pairs are not shown again."""


_knower: list[Knower] = []


def answered_by(knower: Knower) -> None:
    """Register the comparison; once per process."""
    _knower[:] = [knower]


def people_known(values: Mapping[str, Any], *, own_id: int | None = None) -> Sequence[Known]:
    """Who is probably the person of ``values`` (items of Person, and ``sex``)."""
    return _knower[0].known(values, own_id) if _knower else ()


def all_known(many: Sequence[Mapping[str, Any]]) -> Sequence[Sequence[Known]]:
    """:func:`people_known` for each of many, in one look-up for all of them."""
    return _knower[0].all_known(many) if _knower and many else [()] * len(many)


def likeness(one: Person | None, other: Person | None) -> tuple[int, tuple[str, ...]] | None:
    """The score of two persons and its reasons; None where nobody compares."""
    if not _knower or one is None or other is None:
        return None
    return _knower[0].likeness(one, other)


def remember_others(person_id: int, shown: Collection[int]) -> None:
    """Keep, in the transaction of the entry, that the people shown are others."""
    if _knower and shown:
        _knower[0].others(person_id, shown)


@dataclass(frozen=True, slots=True)
class Asked:
    """A form that asks: who was shown, and what was answered.

    ``answer`` is the key of a person shown, ``ANOTHER``, or None while nobody has answered.
    """

    shown: Sequence[Known]
    answer: int | str | None

    @property
    def open(self) -> bool:
        """Somebody was found and nobody has said whether it is them."""
        return bool(self.shown) and self.answer is None

    @property
    def person_id(self) -> int | None:
        """The person chosen."""
        return self.answer if isinstance(self.answer, int) else None


NOT_ASKED = Asked((), None)
"""Nobody was shown and nothing answered."""


def asked_about(values: Mapping[str, Any], answer: str, shown_before: str = "") -> Asked:
    """Look who is known and read the answer that came with the form.

    Args:
        answer: what the form sent; anything that was not shown is no answer.
        shown_before: the keys shown with the answer: somebody found since is asked about anew.
    """
    return answered(people_known(values), answer, shown_before)


def answered(shown: Sequence[Known], answer: str, shown_before: str) -> Asked:
    """:func:`asked_about`, of people looked up before."""
    keys = {one.person_id for one in shown}
    seen = {int(key) for key in shown_before.split(",") if key.isdecimal()}
    if answer.isdecimal() and int(answer) in keys:
        return Asked(shown, int(answer))
    if answer == ANOTHER and keys <= seen:
        return Asked(shown, ANOTHER)
    return Asked(shown, None)
