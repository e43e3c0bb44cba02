"""Database constraints in the user's words: constraint name → item and sentence."""

import re

from sqlalchemy import Constraint, Index, Table, UniqueConstraint
from sqlalchemy.exc import IntegrityError

from app.core.errors import InvalidInput

_sentences: dict[str, tuple[str, object]] = {}


def explain(constraint: str, *, field: str, message: object) -> None:
    """Say what it means when ``constraint`` refuses a row."""
    _sentences[constraint] = (field, message)


def as_input_error(error: IntegrityError, tables: dict[str, Table]) -> InvalidInput | None:
    """The refusal as an error at its item; None when nobody explained the constraint."""
    name = _constraint_name(error, tables)
    if name is None or name not in _sentences:
        return None
    field, message = _sentences[name]
    return InvalidInput({field: [message]})


def _constraint_name(error: IntegrityError, tables: dict[str, Table]) -> str | None:
    diagnosis = getattr(error.orig, "diag", None)
    if diagnosis is not None:
        return str(diagnosis.constraint_name) if diagnosis.constraint_name else None
    text = str(error.orig)
    named = re.search(r"constraint failed: (ck_\w+|uq_\w+)$", text)
    if named:
        return named.group(1)
    columns = re.search(r"UNIQUE constraint failed: ([\w., ]+)$", text)
    if not columns:
        return None
    # SQLite names the columns instead of the constraint.
    parts = [part.strip().split(".") for part in columns.group(1).split(",")]
    wanted = {column for _table, column in parts}
    table = tables.get(parts[0][0])
    if table is None:
        return None
    unique: list[Constraint | Index] = [index for index in table.indexes if index.unique]
    unique += [one for one in table.constraints if isinstance(one, UniqueConstraint)]
    for candidate in unique:
        if {c.name for c in getattr(candidate, "columns", ())} == wanted and candidate.name:
            return str(candidate.name)
    return None
