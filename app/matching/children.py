"""Every row that belongs to a person or a case, found by its foreign key: nobody lists tables.

A new table that refers to one of them is moved by a merge without a word; one that must not be
has to say why in ``STAYS``.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import UniqueConstraint

from app.core.remembering import remembered
from app.persons.models import Person
from app.security.rows import mapped_models

STAYS: Mapping[str, str] = {
    "person_search.person_id": "tokens of the row itself, kept by app.persons.search_keys",
    "match_pair.first_id": "what was said of two rows, whatever became of them",
    "match_pair.second_id": "the same",
    "person_merge.winner_id": "what was merged, as it was",
    "person_merge.loser_id": "the same",
    "case_merge.winner_id": "the same, of cases",
    "case_merge.loser_id": "the same, of cases",
    "case_access.case_id": "both keep theirs, and the one that stays is met by all: app.matching.ties",
    "break_glass.case_id": "which record was opened; it ends by itself within the hour",
    "quality_finding.case_id": "what rules say of a case; both are judged anew",
    "import_row.case_id": "which case a row of a file made; taking the file back sees the merge",
}
"""Foreign keys that a merge leaves alone, and why."""


@remembered
def children(of: type[Any] = Person) -> tuple[tuple[type[Any], str], ...]:
    """(model, attribute) of every foreign key to a person (case) that a merge changes."""
    found = ((model, name) for model, name in references(of) if _place(model, name) not in STAYS)
    return tuple(sorted(found, key=lambda one: (one[0].__tablename__, one[1])))


def references(of: type[Any] = Person) -> Iterator[tuple[type[Any], str]]:
    """(model, attribute) of every foreign key to a person (case)."""
    target = of.__table__
    for model in mapped_models():
        for column in model.__table__.columns:
            if any(key.column.table is target for key in column.foreign_keys):
                yield model, model.__mapper__.get_property_by_column(column).key


@remembered
def unique_beside(model: type[Any], name: str) -> tuple[tuple[str, ...], ...]:
    """The other columns of every unique key this one is part of: () where it is unique alone."""
    own = model.__mapper__.columns[name]
    table = model.__table__
    keys = [set(key.columns) for key in table.constraints if isinstance(key, UniqueConstraint)]
    keys += [set(index.columns) for index in table.indexes if index.unique]
    beside = {
        tuple(sorted(model.__mapper__.get_property_by_column(c).key for c in key - {own}))
        for key in keys
        if own in key
    }
    return tuple(sorted(beside))


def _place(model: type[Any], name: str) -> str:
    return f"{model.__tablename__}.{model.__mapper__.columns[name].name}"
