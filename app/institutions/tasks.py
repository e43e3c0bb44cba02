"""What time alone changes about institutions."""

from datetime import date

from app.institutions.moving import apply_due
from app.institutions.populations import keep_populations
from app.jobs.daily import daily


@daily("move institutions")
def move_institutions(today: date) -> int:
    """Carry out moves whose day has come."""
    return apply_due(today)


@daily("populations of areas")
def sum_populations(_today: date) -> int:
    """Sum populations anew: an area may begin or end with this day."""
    return keep_populations()
