"""What is in the database has to open with the keys of the configuration."""

from flask import Flask
from sqlalchemy import LargeBinary, inspect, select, type_coerce

from app.core.all_rows import over_all_rows
from app.core.crypto.rotation import encrypted_columns, encrypted_tables
from app.core.crypto.sealing import Unreadable, unseal
from app.core.db import db


def places_not_opened() -> list[str]:
    """``table.column`` whose newest value does not open; of the columns that are never empty.

    Needs an application context. Tables that are not there yet have nothing to open.
    """
    found = []
    there = set(inspect(db.engine).get_table_names())
    # Whoever acts for nobody is shown no row, and every key would do.
    with over_all_rows("keys"), db.engine.connect() as connection:
        for table in encrypted_tables():
            if table.name not in there:
                continue
            (primary,) = table.primary_key.columns
            for column in (c for c in encrypted_columns(table) if not c.nullable):
                newest = select(type_coerce(column, LargeBinary)).order_by(primary.desc())
                stored = connection.execute(newest.limit(1)).scalar()
                place = f"{table.name}.{column.name}"
                # A text is from before the column was encrypted: a migration will carry it over.
                if isinstance(stored, bytes | memoryview) and not _opens(bytes(stored), place):
                    found.append(place)
    return found


def _opens(stored: bytes, place: str) -> bool:
    try:
        unseal(stored, place)
    except Unreadable:
        return False
    return True


def refuse_wrong_keys(app: Flask) -> str | None:
    """Why the portal must not start with these keys; None when it may.

    Started with a wrong key under a known id it would read nothing, and write what nobody can
    read later.
    """
    if app.config["TESTING"]:
        return None
    places = places_not_opened()
    return f"FIELD_KEYS do not open {', '.join(places)}: is it another key?" if places else None
