"""The daily chore that removes the pages of papers done long ago."""

from datetime import date, timedelta

from flask import current_app
from sqlalchemy import select

from app.core import clock
from app.core.db import db
from app.core.transaction import transaction
from app.intake import store
from app.intake.models import PaperScan
from app.jobs.daily import daily

AT_ONCE = 500


@daily("remove paper scans")
def remove_old_pages(_today: date) -> int:
    """Remove pages of papers typed or discarded PAPER_SCAN_DAYS ago; the record itself stays."""
    until = clock.now() - timedelta(days=current_app.config["PAPER_SCAN_DAYS"])
    with transaction():
        done = db.session.scalars(
            select(PaperScan)
            .where(PaperScan.closed_at < until, PaperScan.pages_removed_at.is_(None))
            .order_by(PaperScan.id)
            .limit(AT_ONCE)
        ).all()
        for scan in done:
            store.remove(scan.token)
            scan.pages_removed_at = clock.now()
    return len(done)
