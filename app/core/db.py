"""The one database handle, the column types and the base every record builds on."""

import sqlite3
import uuid
from collections.abc import Iterable
from datetime import UTC, datetime
from sqlite3 import SQLITE_BUSY, SQLITE_LOCKED
from typing import Any

from flask_appbuilder import Model
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session
from sqlalchemy import DateTime, Dialect, Engine, Integer, MetaData, String, Table, Text, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Mapped, declared_attr, mapped_column
from sqlalchemy.types import TypeDecorator, TypeEngine

NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
_HELD_BY_OTHERS = ("55P03", "40P01", "40001")
"""PostgreSQL: a lock not given, a deadlock, writers that got in each other's way."""

# Flask-AppBuilder's tables and ours share one metadata, so the convention is set
# before the first table (FAB's own included) is declared on it.
metadata: MetaData = Model.metadata
metadata.naming_convention = NAMING_CONVENTION


@event.listens_for(Table, "after_parent_attach")
def _never_reuse_keys(table: Table, _metadata: MetaData) -> None:
    """A key once given out is never given to another record, on SQLite either: the history of
    a deleted record must not become that of the next one."""
    if table.name == "history_entry" or "row_version" in table.c:
        table.dialect_options["sqlite"]["autoincrement"] = True


class PortalSession(Session):
    """A session without the ways to save that pass its events, and so the laws and the history."""

    def _closed(self, *_: Any, **__: Any) -> Any:
        raise RuntimeError("bulk saves stand outside the laws of the session; add the records")

    bulk_save_objects = bulk_insert_mappings = bulk_update_mappings = _closed


# expire_on_commit is off: a page renders after its one commit, and a reload of
# expired attributes would cost a statement per record shown.
db = SQLAlchemy(
    model_class=Model, session_options={"class_": PortalSession, "expire_on_commit": False}
)


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: Any, _record: Any) -> None:
    """SQLite as the portal needs it: readers beside one writer, foreign keys, patience."""
    if isinstance(connection, sqlite3.Connection):
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=NORMAL",
            "foreign_keys=ON",
            "busy_timeout=30000",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: aware UTC in Python, naive UTC in the database.

    Raises:
        ValueError: a naive datetime was given.
    """

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant must carry its time zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


class CodeSet(TypeDecorator[tuple[str, ...]]):
    """Several codes of one list, kept in the list's order; stored joined with ``;``.

    ``None`` is "not asked"; the empty tuple is "asked, none applies".
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Iterable[str] | None, dialect: Dialect) -> str | None:
        return None if value is None else ";".join(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[str, ...] | None:
        if value is None:
            return None
        return tuple(value.split(";")) if value else ()


def key_text(length: int) -> TypeEngine[str]:
    """Text that is searched by its beginning: compared by code point on every database, so
    that a range of keys is a prefix whatever language the server sorts in."""
    return String(length).with_variant(String(length, collation="C"), "postgresql")


class Record:
    """Mixin of every table users edit: a key and the version that stops overwriting.

    ``row_version`` grows with each update; SQLAlchemy refuses an update that was
    based on another version (the law of versions).
    """

    id: Mapped[int] = mapped_column(Integer, primary_key=True, sort_order=-2)
    row_version: Mapped[int] = mapped_column(Integer, nullable=False, sort_order=-1)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.row_version}


def new_token() -> str:
    """An unguessable reference: form tokens, file names, error numbers."""
    return uuid.uuid4().hex


def is_busy(error: DBAPIError) -> bool:
    """True when the database gave up since others held what was to be written."""
    cause = error.orig
    if getattr(cause, "sqlstate", None) in _HELD_BY_OTHERS:
        return True
    # The lower byte of SQLite's extended codes is the code itself.
    return getattr(cause, "sqlite_errorcode", 0) & 0xFF in (SQLITE_BUSY, SQLITE_LOCKED)
