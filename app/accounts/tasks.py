"""What is thrown away once a day."""

from datetime import date

from app.accounts.parking import purge_parked
from app.jobs.daily import daily


@daily("purge parked forms")
def purge(_today: date) -> int:
    """Forms nobody came back for."""
    return purge_parked()
