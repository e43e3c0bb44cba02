"""From a cell to its cases: the list under the same conditions, for those who may see them."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from flask import url_for

from app.analysis.axes import Line
from app.analysis.buckets import ABSENT, Bucket, days_of
from app.analysis.dimensions import DATE_KINDS, dimensions
from app.analysis.question import Question
from app.analysis.table import Table
from app.cases.views import CaseView
from app.generated.hooks import may

Span = tuple[date, date]


class NoList(Exception):
    """The list cannot be narrowed to this cell."""


def case_link(table: Table, row: Line | None, column: Line | None) -> str | None:
    """The address of a cell's cases; None where there is none, or none for the reader.

    A table for passing on leads nowhere, and neither does a number that is not one of cases.
    """
    question = table.question
    opens = may("list", "case") and not table.protection.is_on
    if not opens or question.subject != "case" or question.measure != "records":
        return None
    if not question.counted:
        return None
    try:
        conditions: dict[str, Any] = dict(_conditions(question, row, column))
    except NoList:
        return None
    return url_for("CaseView.list", **conditions, status_is="counted")


def _conditions(question: Question, row: Line | None, column: Line | None) -> dict[str, str]:
    spans: dict[str, Span] = {question.basis: (question.first, question.last)}
    values: dict[str, str] = {}
    for key, found in _narrowings(question, row, column):
        dimension = dimensions()[key]
        name = dimension.item.name
        if found is None or found == ABSENT:
            raise NoList
        if dimension.kind in DATE_KINDS:
            first, last = days_of(dimension.kind, found)
            known = spans.get(name, (first, last))
            spans[name] = (max(first, known[0]), min(last, known[1]))
        elif values.setdefault(name, found) != found:
            raise NoList
    known_names = _searchable()
    for name, (first, last) in spans.items():
        values[f"{name}_from"], values[f"{name}_to"] = first.isoformat(), last.isoformat()
    if not values.keys() <= known_names:
        raise NoList
    return values


def _narrowings(
    question: Question, row: Line | None, column: Line | None
) -> Iterator[tuple[str, Bucket]]:
    for line, keys in ((row, question.rows), (column, question.columns)):
        if line is not None:
            yield from zip(keys, line.key, strict=True)
    crossed = {*(question.rows if row else ()), *(question.columns if column else ())}
    for key, chosen in question.filters:
        if key in crossed:
            continue
        if len(chosen) > 1:
            raise NoList
        yield key, chosen[0]


def _searchable() -> frozenset[str]:
    """The parameters the case list takes."""
    names = set()
    for by in CaseView.search_items:
        if by.match == "range":
            names |= {f"{by.path}_from", f"{by.path}_to"}
        elif by.match in ("code", "reference"):
            names.add(by.path)
    return frozenset(names)
