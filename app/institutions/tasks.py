"""What time alone changes about institutions."""

from datetime import date

from app.institutions.moving import apply_due
from app.jobs.daily import daily


@daily("move institutions")
def move_institutions(today: date) -> int:
    """Carry out moves whose day has come."""
    return apply_due(today)
