"""Forgetting what stood in old files of results."""

from datetime import date

from app.jobs.daily import daily
from app.laboratory import service


@daily("forget result files")
def forget(_today: date) -> int:
    """What was in them stands in the tests."""
    return service.forget_files()
