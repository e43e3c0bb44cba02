"""What is thrown away once a day."""

from datetime import date

from app.api.service import purge_tokens
from app.jobs.daily import daily


@daily("purge API tokens")
def purge(_today: date) -> int:
    """Tokens that ended."""
    return purge_tokens()
