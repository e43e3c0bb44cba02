"""Whoever cares for a patient meets the case: from the stay's entry until some days after it."""

from datetime import UTC, date, datetime, time, timedelta

from app.cases.models import Stay
from app.cases.service import grant_access
from app.core.clock import TOKYO
from app.core.transaction import transaction
from app.security.actor import Actor

DAYS_AFTER = {"hospital": 14}
"""Days an institution still reads and completes the case after the patient has left: hospitals
enter after the fact (R15); a hotel's task ends with the stay."""


def care_ends_at(place: str, left_on: date) -> datetime:
    """The instant at which the access of a stay's institution ends: the first midnight in Japan
    after the last day on which it still meets the case."""
    day = left_on + timedelta(days=DAYS_AFTER.get(place, 0) + 1)
    return datetime.combine(day, time(), tzinfo=TOKYO).astimezone(UTC)


def share_with_place_of_care(stay: Stay, *, by: Actor) -> None:
    """Let the institution of the stay meet the case as long as its care lasts.

    A closer tie (it also notified the case, or answers for it) has no end of its own.
    """
    if stay.institution_id is None:
        return
    role = "treating" if stay.place == "hospital" else "observing"
    with transaction():
        access = grant_access(stay.case, stay.institution_id, role, by=by)
        if access.role == role and stay.to_on is not None:
            access.to_at = care_ends_at(stay.place, stay.to_on)
