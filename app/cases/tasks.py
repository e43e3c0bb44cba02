"""What time alone changes about cases."""

from datetime import date, timedelta

from sqlalchemy import or_, select

from app.cases.models import Case, Stay
from app.cases.service import refresh_status
from app.core.db import db
from app.jobs.daily import daily

LOOK_BACK_DAYS = 7
"""Days looked back over, so that a worker that stood still catches up."""


@daily("refresh case statuses")
def refresh_statuses(today: date) -> int:
    """Derive the status anew of cases on which a dated fact took effect lately (R90)."""
    since = today - timedelta(days=LOOK_BACK_DAYS)
    moved = select(Stay.case_id).where(
        or_(Stay.from_on.between(since, today), Stay.to_on.between(since, today))
    )
    dated = [
        column.between(since, today)
        for column in (
            Case.discharged_on,
            Case.died_on,
            Case.waiting_since_on,
            Case.suspicion_cleared_on,
        )
    ]
    changed = 0
    for case in db.session.scalars(select(Case).where(or_(Case.id.in_(moved), *dated))):
        before = case.status
        refresh_status(case)
        changed += case.status != before
    return changed
