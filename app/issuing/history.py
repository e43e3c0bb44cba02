"""What was done to an account: read for those who may see the account itself."""

from collections.abc import Sequence

from sqlalchemy import select

from app.accounts.models import Account
from app.accounts.recording import RECORD_TYPE
from app.audit.models import HistoryEntry
from app.core.db import db

LIMIT = 50


def history_of(account: Account) -> Sequence[HistoryEntry]:
    """The newest changes first. ``account`` was read under the row law."""
    statement = (
        select(HistoryEntry)
        .where(HistoryEntry.record_type == RECORD_TYPE, HistoryEntry.record_id == account.user_id)
        .order_by(HistoryEntry.id.desc())
        .limit(LIMIT)
    )
    return db.session.scalars(statement).all()
