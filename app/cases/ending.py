"""How long an institution that notified or cares still meets a case: the rule, as data.

Hospitals enter after the fact (R15), a hotel's task ends with the stay, and a clinic that only
notified has its patient for a month after the health centre has taken over.
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

from app.core.clock import TOKYO

DAYS_AFTER = {"hospital": 14}
"""Days an institution still reads and completes the case after the patient has left its place
of care; elsewhere none."""
DAYS_AFTER_ACCEPTANCE = 30
"""Days the reporting institution still meets the case after the notification was accepted or
withdrawn. What it submitted stays readable as the document it was."""
DAYS_TO_CORRECT_THE_END = 14
"""Days by which whoever cares may move the end of a stay that is over, counted from the end it
first had; beyond that, and for opening it again, the health centre is asked."""

EndProblem = Literal["reopened", "moved"]


def first_midnight_after(day: date) -> datetime:
    """The instant at which a day is over in Japan."""
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=TOKYO).astimezone(UTC)


def care_ends_at(place: str, left_on: date) -> datetime:
    """The instant at which the access of a stay's institution ends."""
    return first_midnight_after(left_on + timedelta(days=DAYS_AFTER.get(place, 0)))


def reporting_ends_at(decided_on: date) -> datetime:
    """The instant at which the access of the reporting institution ends."""
    return first_midnight_after(decided_on + timedelta(days=DAYS_AFTER_ACCEPTANCE))


def has_ended(to_on: date | None, today: date) -> bool:
    """True for a stay whose last day is over; a planned end is none yet."""
    return to_on is not None and to_on < today


def end_problem(
    former: date | None, new: date | None, *, first: date | None, today: date
) -> EndProblem | None:
    """Why whoever cares may not change the end of a stay so; None: it may.

    Args:
        former, new: the end as stored and as wanted; None is open.
        first: the end it had when it was first over.
    """
    if not has_ended(former, today) or former is None:
        return None
    if new is None:
        return "reopened"
    limit = (first or former) + timedelta(days=DAYS_TO_CORRECT_THE_END)
    return "moved" if new > max(limit, former) else None
