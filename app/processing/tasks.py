"""Numbers whose time is over lose their case at the next sweep."""

from app.jobs.regular import regularly
from app.processing.service import expire


@regularly("processing numbers over")
def expire_numbers() -> int:
    """Take the case off numbers nobody used in time."""
    return expire()
