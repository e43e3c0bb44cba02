"""What time alone changes about contacts."""

from datetime import date

from app.contacts.service import finish_due
from app.jobs.daily import daily


@daily("finish observation of contacts")
def finish(today: date) -> int:
    """The day after the last day of observation a contact is finished (添付3-3)."""
    return finish_due(today)
