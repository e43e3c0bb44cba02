"""Pure rules of retention: what stays, when a period is over, when a week has been waited."""

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.core.items import Item, Privacy

PREVIEW_DAYS = 7
"""Full days an entry stands in the preview before anything is done."""
SHORTEST_DAYS = 30
"""A shorter period is taken for a slip of the pen: identity that is gone does not come back."""
DAYS_OF_YEAR = 365


class Fate(enum.StrEnum):
    """What anonymisation does with a value."""

    ERASED = "erased"
    KEPT = "kept"


FATE: Mapping[Privacy, Fate] = {
    privacy: Fate.ERASED if privacy.is_personal else Fate.KEPT for privacy in Privacy
}
"""By privacy class, and nowhere else. Sex, age, place, dates, course and outcome are what is
counted; names, numbers, birth date, family, free words and what the investigation wrote of whom
and where are what points at somebody."""


def fate_of(item: Item, *, encrypted: bool) -> Fate:
    """What happens to the values of an item; free words that are encrypted go as well."""
    return Fate.ERASED if encrypted else FATE[item.privacy]


@dataclass(frozen=True, slots=True)
class Period:
    """A rule in force. ``version`` tells a changed rule from the one an entry was made under."""

    rule_id: int
    version: int
    kind: str
    event: str
    amount: int
    unit: str
    disease_id: int | None
    institution_id: int


def due_on(event_on: date, amount: int, unit: str) -> date:
    """The first day on which the period is over. The day of the event is not counted (民法140条);
    a year ends with the same date, where there is none with the last of the month (143条)."""
    if unit == "days":
        return event_on + timedelta(days=amount + 1)
    try:
        same_day = event_on.replace(year=event_on.year + amount)
    except ValueError:
        same_day = date(event_on.year + amount, 2, 28)
    return same_day + timedelta(days=1)


def latest_event(today: date, period: Period) -> date:
    """No record whose event lies after this day can be in the preview yet (rounded up)."""
    days = period.amount * (DAYS_OF_YEAR if period.unit == "years" else 1)
    return today + timedelta(days=PREVIEW_DAYS) - timedelta(days=days)


def is_in_preview(due: date, today: date) -> bool:
    """The week before the day the period is over has begun."""
    return due - timedelta(days=PREVIEW_DAYS) <= today


def may_apply(due: date, entered_at: datetime, *, today: date, now: datetime) -> bool:
    """The period is over and the entry has stood for seven full days."""
    return due <= today and entered_at + timedelta(days=PREVIEW_DAYS) <= now


def is_too_short(amount: int, unit: str) -> bool:
    """Shorter than anybody means it."""
    return unit == "days" and amount < SHORTEST_DAYS


def rule_for(
    periods: Sequence[Period], kind: str, disease_id: int, owners: Sequence[int]
) -> Period | None:
    """The period of a record: of the nearest of ``owners`` (health centre, authority,
    prefecture) that gives one, for the disease before for all. None: kept without end."""
    for owner in owners:
        mine = [p for p in periods if p.institution_id == owner and p.kind == kind]
        for wanted in (disease_id, None):
            found = next((p for p in mine if p.disease_id == wanted), None)
            if found is not None:
                return found
    return None


def is_held(until: date | None, released: bool, today: date) -> bool:
    """The last day of a hold still holds."""
    return not released and (until is None or until >= today)
