"""Forgetting what stood in old files of lists, and people nobody had to follow."""

from datetime import date

from app.jobs.daily import daily
from app.quarantine import service


@daily("forget lists of returnees")
def forget(_today: date) -> int:
    """What was in the files stands with the people."""
    return service.forget_rows()
