"""Removing old tables."""

from datetime import date

from app.jobs.daily import daily
from app.tables import service


@daily("forget tables")
def forget(_today: date) -> int:
    """What was in them stands in the records."""
    return service.forget_tables()
