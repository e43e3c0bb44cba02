"""Every row that belongs to a person, found by its foreign key: nobody lists tables here.

A new table that refers to persons is moved by a merge without a word; one that must not be has
to say why in ``STAYS``.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from app.core.remembering import remembered
from app.persons.models import Person
from app.security.rows import mapped_models

STAYS: Mapping[str, str] = {
    "person_search.person_id": "tokens of the row itself, kept by app.persons.search_keys",
    "person_posting.person_id": "the same, as SQLite indexes them",
    "match_pair.first_id": "what was said of two rows, whatever became of them",
    "match_pair.second_id": "the same",
    "person_merge.winner_id": "what was merged, as it was",
    "person_merge.loser_id": "the same",
}
"""Foreign keys to persons that a merge leaves alone, and why."""


@remembered
def children() -> tuple[tuple[type[Any], str], ...]:
    """(model, attribute) of every foreign key to a person that changes hands with a merge."""
    found = ((model, name) for model, name in references() if _place(model, name) not in STAYS)
    return tuple(sorted(found, key=lambda one: (one[0].__tablename__, one[1])))


def references() -> Iterator[tuple[type[Any], str]]:
    """(model, attribute) of every foreign key to a person."""
    person = Person.__table__
    for model in mapped_models():
        for column in model.__table__.columns:
            if any(key.column.table is person for key in column.foreign_keys):
                yield model, model.__mapper__.get_property_by_column(column).key


def _place(model: type[Any], name: str) -> str:
    return f"{model.__tablename__}.{model.__mapper__.columns[name].name}"
