"""The lines of a table in their order: every one that could be there, the empty ones too."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product

from app.analysis.buckets import NOT_ENTERED, Bucket, bands, days_of, span, worded
from app.analysis.dimensions import DATE_KINDS, Dimension, dimensions
from app.analysis.figures import Figures, Key
from app.analysis.places import places_in
from app.analysis.question import Question
from app.analysis.reach import Reach

STRAYING_DAYS = 800
"""Dates other than the period's reach this far from it at most before gaps are left out."""


@dataclass(frozen=True, slots=True)
class Line:
    """A row or column: its key, a word for each dimension, its population if it is a place."""

    key: Key
    words: tuple[str, ...]
    population: int | None = None
    place: str = ""
    """Of which place the population is."""

    @property
    def heading(self) -> str:
        """All its words."""
        return "／".join(self.words)


@dataclass(frozen=True, slots=True)
class _Entry:
    bucket: Bucket
    words: str
    population: int | None = None


def lines_of(
    keys: Sequence[str], side: int, question: Question, figures: Figures, reach: Reach
) -> list[Line]:
    """The rows (side 0) or columns (1); without a dimension a single line of everything."""
    known = dimensions()
    found = figures.keys(side)
    entries = [
        _entries(known[key], {one[place] for one in found}, question, reach)
        for place, key in enumerate(keys)
    ]
    lines = []
    for combined in product(*entries):
        # Of two places the narrower is meant; it has fewer people.
        peopled = [(one.population, one.words) for one in combined if one.population is not None]
        buckets, words = (one.bucket for one in combined), (one.words for one in combined)
        lines.append(Line(tuple(buckets), tuple(words), *min(peopled, default=(None, ""))))
    return lines


def _entries(
    dimension: Dimension, found: set[Bucket], question: Question, reach: Reach
) -> list[_Entry]:
    listed = _listed(dimension, found - {None}, question, reach)
    chosen = dict(question.filters).get(dimension.key)
    if chosen is not None:
        listed = [one for one in listed if one.bucket in chosen]
    if _can_lack(dimension, question) and (chosen is None or None in found):
        listed.append(_Entry(None, str(NOT_ENTERED)))
    return listed


def _can_lack(dimension: Dimension, question: Question) -> bool:
    """Records without the item are a line of their own; the period's own date is never lacking."""
    return dimension.item.nullable and dimension.item.name != question.basis


def _listed(
    dimension: Dimension, found: set[Bucket], question: Question, reach: Reach
) -> list[_Entry]:
    buckets: Sequence[str]
    present = sorted(one for one in found if one is not None)
    if dimension.kind == "reference":
        if dimension.item.reference in ("Disease", "Variant") and not present:
            return []
        places = places_in(dimension, reach, present)
        return [_Entry(one.key, one.name, one.population) for one in places]
    if dimension.kind == "code" and dimension.item.codes is not None:
        listed = dimension.item.codes.values
        # A value of an older list still counts.
        buckets = (*listed, *(one for one in present if one not in listed))
    elif dimension.kind == "band":
        buckets = bands(present)
    else:
        buckets = _days(dimension, present, question)
    return [_Entry(one, worded(dimension, one)) for one in buckets]


def _days(dimension: Dimension, present: list[str], question: Question) -> list[str]:
    """Without gaps; a stray date far away stands alone."""
    if dimension.item.name == question.basis:
        return span(dimension.kind, question.first, question.last)
    near = [one for one in present if _is_near(dimension.kind, one, question)]
    if not near:
        return present
    first, last = days_of(dimension.kind, near[0])[0], days_of(dimension.kind, near[-1])[1]
    filled = span(dimension.kind, first, last)
    return sorted({*filled, *present}, key=lambda one: days_of(dimension.kind, one))


def _is_near(kind: str, found: str, question: Question) -> bool:
    day: date = days_of(kind, found)[0]
    return (question.first - day).days <= STRAYING_DAYS and (
        day - question.last
    ).days <= STRAYING_DAYS


def is_by_time(question: Question) -> bool:
    """True when the rows are one run of dates, which a chart draws as lines."""
    return len(question.rows) == 1 and dimensions()[question.rows[0]].kind in DATE_KINDS
