"""One word in every text the portal keeps, put there past every rule and check."""

from typing import Any

from sqlalchemy import Table, UniqueConstraint, update

from app.core.items import Item, items_of
from app.security.rows import mapped_models
from tests.support.tampering import unguarded

TEXTS = frozenset({"text", "long_text"})
# What other records are found by, or what names a row of the master data.
LEFT_ALONE = {"disease.code", "disease.family", "institution.code", "institution.kind"}


def text_items(*, personal: bool = False) -> list[tuple[Table, Item]]:
    """Every declared item that holds words, with its table."""
    found = []
    for model in mapped_models():
        table: Table = model.__table__
        for item in items_of(model):
            if item.kind not in TEXTS or item.codes is not None or _is_key(table, item.name):
                continue
            if not personal or item.privacy.is_personal:
                found.append((table, item))
    return found


def plant(word: str, *, personal: bool = False) -> list[str]:
    """Write ``word`` into every text of every row; the places it fits into. Needs a context."""
    planted: dict[str, dict[str, Any]] = {}
    tables = {}
    for table, item in text_items(personal=personal):
        length = getattr(table.c[item.name].type, "length", None) or _inner(table, item.name)
        if length is None or length >= len(word):
            planted.setdefault(table.name, {})[item.name] = word
            tables[table.name] = table
    with unguarded() as connection:
        for name, values in planted.items():
            connection.execute(update(tables[name]).values(values))
    return [f"{table}.{name}" for table, values in planted.items() for name in values]


def _inner(table: Table, name: str) -> int | None:
    """The length an encrypted text is limited to."""
    impl = getattr(table.c[name].type, "plain", None)
    return getattr(impl, "length", None)


def _is_key(table: Table, name: str) -> bool:
    column = table.c[name]
    unique = {
        c.name for k in table.constraints if isinstance(k, UniqueConstraint) for c in k.columns
    }
    named = f"{table.name}.{name}" in LEFT_ALONE
    return named or bool(column.unique or column.foreign_keys) or name in unique
