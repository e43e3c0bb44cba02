"""One use case, one commit: the only place in the portal that commits."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from app.core.db import db


@contextmanager
def transaction(session: Session | None = None) -> Iterator[Session]:
    """Everything inside is saved together or not at all.

    Nested use joins the outer transaction: only the outermost commits. On any error the
    session is rolled back, so a refused change can never be saved by a later commit.
    """
    active: Session = session if session is not None else db.session()
    if active.info.get("in_transaction"):
        yield active
        return
    active.info["in_transaction"] = True
    try:
        yield active
        active.commit()
    except BaseException:
        active.rollback()
        raise
    finally:
        active.info.pop("in_transaction", None)
