"""A question: what is crossed with what, counted how, of which records. Pure; addresses hold it.

Addresses and saved analyses hold keys and codes only, never a word anybody typed.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from hashlib import sha256

Argument = tuple[str, str]
SIDES = ("row", "column")
FILTER = "f."
"""Begins the name of a filter's parameter."""
ENOUGH_ROWS, ENOUGH_COLUMNS = 400, 60
ENOUGH_PROTECTED = 3_000
"""Cells of a table whose small numbers are hidden: finding what else must go takes seconds then."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked. ``filters`` are (dimension, values) in the order of the dimensions."""

    subject: str
    measure: str
    shown_as: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    basis: str
    first: date
    last: date
    counted: bool = True
    """Only cases that every published number counts (see app/cases/counting)."""
    filters: tuple[tuple[str, tuple[str, ...]], ...] = ()
    passing_on: bool = False
    sort: str = ""

    def arguments(self) -> Iterator[Argument]:
        """As an address says it; what is usual stays out."""
        for name, value in self._named():
            if value:
                yield name, value
        for key, values in self.filters:
            for value in values:
                yield FILTER + key, value

    def _named(self) -> Iterator[Argument]:
        yield "subject", self.subject
        yield "measure", self.measure
        yield "as", self.shown_as
        for name, chosen in zip(SIDES, (self.rows, self.columns), strict=True):
            for number, key in enumerate(chosen, start=1):
                yield f"{name}{number}", key
        yield "basis", self.basis
        yield "from", self.first.isoformat()
        yield "to", self.last.isoformat()
        yield "of", "" if self.counted else "all"
        yield "passing_on", "y" if self.passing_on else ""
        yield "sort", self.sort

    def stored(self) -> list[list[str]]:
        """As it is saved."""
        return [list(one) for one in self.arguments()]

    @property
    def fingerprint(self) -> str:
        """The same for questions that read the same sums, however they are shown."""
        plain = replace(self, shown_as="number", passing_on=False, sort="")
        return sha256(repr(plain.stored()).encode()).hexdigest()

    def months(self) -> list["Question"]:
        """The same month by month, for work that tells how far it is."""
        parts, begin = [], self.first
        while begin <= self.last:
            end = (begin.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)
            parts.append(replace(self, first=begin, last=min(end, self.last)))
            begin = end + timedelta(days=1)
        return parts


def restored_question(stored: Iterable[Sequence[str]]) -> Question:
    """What :meth:`Question.stored` gave.

    Raises:
        ValueError, KeyError: it was not one.
    """
    named: dict[str, str] = {}
    filters: dict[str, list[str]] = {}
    for name, value in stored:
        if name.startswith(FILTER):
            filters.setdefault(name.removeprefix(FILTER), []).append(value)
        else:
            named[name] = value
    sides = {
        side: tuple(named[n] for n in (f"{side}1", f"{side}2") if n in named) for side in SIDES
    }
    return Question(
        subject=named["subject"],
        measure=named["measure"],
        shown_as=named["as"],
        rows=sides["row"],
        columns=sides["column"],
        basis=named["basis"],
        first=date.fromisoformat(named["from"]),
        last=date.fromisoformat(named["to"]),
        counted=named.get("of") != "all",
        filters=tuple((key, tuple(values)) for key, values in filters.items()),
        passing_on="passing_on" in named,
        sort=named.get("sort", ""),
    )


def is_part_of(small: Question, large: Question) -> bool:
    """True when every record of ``small`` is one of ``large``.

    Then the difference of the two is a table of its own, of the records in between.
    """
    if (small.subject, small.basis) != (large.subject, large.basis):
        return False
    if large.counted and not small.counted:
        return False
    if small.first < large.first or small.last > large.last:
        return False
    narrowed = dict(small.filters)
    return all(
        key in narrowed and set(narrowed[key]) <= set(values) for key, values in large.filters
    )


def overlap(one: Question, other: Question) -> bool:
    """True when a record can be in both."""
    if (one.subject, one.basis) != (other.subject, other.basis):
        return False
    if one.last < other.first or other.last < one.first:
        return False
    others = dict(other.filters)
    return all(key not in others or set(values) & set(others[key]) for key, values in one.filters)


def same_records(one: Question, other: Question) -> bool:
    """True when both ask of the same records, whatever they show of them."""
    return is_part_of(one, other) and is_part_of(other, one)


def is_given_away(
    asked: Question, number: int, earlier: Question, earlier_number: int, threshold: int
) -> bool:
    """True when the two tables together show what fewer than ``threshold`` records say."""
    if same_records(asked, earlier):
        return False
    nested = is_part_of(asked, earlier) or is_part_of(earlier, asked)
    return nested and 0 < abs(number - earlier_number) < threshold
