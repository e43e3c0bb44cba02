"""The deadline of the law for a notification, and how it stands on a Japanese clock.

Only the day of a diagnosis is known, not its hour. 直ちに therefore ends with the day of the
diagnosis, 7日以内 with the seventh day after it (法12条1項).
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from flask_babel import gettext as _
from flask_babel import ngettext

from app.core import clock

DAYS: Final = {"immediately": 0, "within_7_days": 7}
"""Whole days after the day of the diagnosis, by the disease's time of notification."""
SOON = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Deadline:
    """The day of the diagnosis and the last second in which a notification is in time."""

    diagnosed_on: date
    due_at: datetime

    def is_over(self, at: datetime) -> bool:
        """True from the midnight in Japan that ends the last day."""
        return at > self.due_at

    def days_since(self, at: datetime) -> int:
        """Calendar days in Japan since the diagnosis; never negative."""
        return max(0, (clock.in_japan(at).date() - self.diagnosed_on).days)

    def days_over(self, at: datetime) -> int:
        """Calendar days in Japan begun since the deadline; 0 while it is not over."""
        if not self.is_over(at):
            return 0
        return (clock.in_japan(at).date() - self.last_day).days

    @classmethod
    def ending(cls, due_at: datetime, timing: str) -> "Deadline":
        """The deadline that was set when the notification was submitted."""
        last = clock.in_japan(due_at).date()
        return cls(last - timedelta(days=DAYS.get(timing, 0)), due_at)

    @property
    def last_day(self) -> date:
        """The last day on which a notification is in time."""
        return clock.in_japan(self.due_at).date()


def deadline(timing: str, diagnosed_on: date | None) -> Deadline | None:
    """None for diseases counted at sentinels, or while the day of the diagnosis is unknown."""
    if diagnosed_on is None or timing not in DAYS:
        return None
    try:
        after = diagnosed_on + timedelta(days=DAYS[timing] + 1)
    except OverflowError:
        return None  # A slip in a draft: the year 9999.
    return Deadline(diagnosed_on, clock.midnight_in_japan(after) - timedelta(seconds=1))


def due_words(of: Deadline, at: datetime) -> tuple[str, str]:
    """How the deadline stands at an instant, and the tone of it."""
    days = of.days_over(at)
    if days:
        return ngettext("Overdue by %(num)s day", "Overdue by %(num)s days", days), "danger"
    if of.due_at - at <= SOON:
        return _("Due today"), "warning"
    left = (of.last_day - clock.in_japan(at).date()).days
    return ngettext("%(num)s day left", "%(num)s days left", left), "info"


def elapsed_words(of: Deadline, at: datetime) -> str:
    """How long ago the diagnosis was."""
    days = of.days_since(at)
    if days == 0:
        return _("Diagnosed today")
    return ngettext("%(num)s day since the diagnosis", "%(num)s days since the diagnosis", days)


def in_time_words(of: Deadline, submitted_at: datetime) -> tuple[str, str]:
    """Whether a notification came in time, and the tone of it."""
    days = of.days_over(submitted_at)
    if days:
        return ngettext("%(num)s day late", "%(num)s days late", days), "danger"
    return _("In time"), "success"
