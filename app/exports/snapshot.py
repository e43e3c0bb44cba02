"""One moment of the data: a file and its count must be of the same state."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import text
from sqlalchemy.orm import Session


@contextmanager
def one_moment(session: Session) -> Iterator[None]:
    """Every read inside sees the data as of the first one, whatever others save meanwhile.

    Call it with nothing unsaved in the session; what was read before is read again.

    Raises:
        RuntimeError: the session holds unsaved changes.
    """
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("a snapshot begins with nothing unsaved")
    session.rollback()
    dialect = session.get_bind().dialect.name
    if dialect == "postgresql":
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    else:
        connection = session.connection()
        raw = connection.connection.dbapi_connection
        # Python's sqlite3 opens a transaction for writes only; reads need it said.
        if raw is not None and not raw.in_transaction:
            connection.execute(text("BEGIN"))
    try:
        yield
    finally:
        session.rollback()
