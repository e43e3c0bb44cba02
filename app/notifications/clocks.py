"""The deadline of each notification as a tag: on its page, in the queue and on drafts."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.core import clock
from app.core.labels import Label
from app.core.pages import Cell
from app.notifications.deadline import Deadline, elapsed_words, in_time_words
from app.notifications.models import Notification

COLUMN = Label("届出の遅れ", "Timeliness")


def deadline_of(notification: Notification) -> Deadline | None:
    """The deadline as it was set when the notification was submitted."""
    return (
        None
        if notification.due_at is None
        else Deadline.ending(notification.due_at, notification.disease.notification_timing)
    )


def clock_cell(notification: Notification) -> Cell:
    """Whether it came in time; while it waits, also how long ago the diagnosis was."""
    of = deadline_of(notification)
    if of is None or notification.submitted_at is None:
        return Cell("")
    words, tone = in_time_words(of, notification.submitted_at)
    if notification.state == "submitted":
        words = f"{words}・{elapsed_words(of, clock.now())}"
    return Cell(words, tone=tone)


def clocks(records: Sequence[Any]) -> Mapping[int, Cell]:
    """The same for one page of the list."""
    return {record.id: clock_cell(record) for record in records}
