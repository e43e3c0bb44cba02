"""Reading, breaking and verifying the chain of the history."""

from typing import Any

from sqlalchemy import select, text

from app.audit.history import because
from app.audit.models import HistoryEntry
from app.audit.verifying import Verified, verify_history
from app.cases.models import Case
from app.core.db import db
from app.core.transaction import transaction
from app.security.actor import acting_as, system_actor
from tests.support import cast
from tests.support.tampering import unguarded

ENTRY = HistoryEntry.__table__


def verified(anchor: str = "") -> Verified:
    db.session.remove()
    with acting_as(system_actor("test")):
        return verify_history(db.session(), anchor=anchor)


def broken(anchor: str = "") -> list[str]:
    return [finding.text for finding in verified(anchor).findings]


def execute(sql: str, **values: Any) -> None:
    """As somebody does who has the database and nothing else."""
    db.session.remove()
    with unguarded() as connection:
        connection.execute(text(sql), values)


def change_sex(case_id: int, *values: str) -> list[int]:
    """Change the sex of a case again and again; the keys of the entries."""
    for value in values:
        with acting_as(cast.actor("aoki")), because("訂正"), transaction() as session:
            case = session.get(Case, case_id)
            assert case is not None
            case.sex = value
    of_case = (ENTRY.c.record_type == "case", ENTRY.c.record_id == case_id)
    with unguarded() as connection:
        keys = list(connection.scalars(select(ENTRY.c.id).where(*of_case).order_by(ENTRY.c.id)))
    return keys[-len(values) :]
