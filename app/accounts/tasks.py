"""What is thrown away once a day."""

from datetime import date

from app.accounts.parking import purge_parked
from app.generated.presence import purge_open_forms
from app.jobs.daily import daily


@daily("purge parked forms")
def purge(_today: date) -> int:
    """Forms nobody came back for."""
    return purge_parked()


@daily("purge open forms")
def purge_forms(_today: date) -> int:
    """Forms nobody has in view any more."""
    return purge_open_forms()
