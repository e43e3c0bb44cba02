"""The order of the intake: what waits comes first."""

from typing import Any

from sqlalchemy import ColumnElement, case

from app.generated.listing import Order
from app.notifications.models import Notification


class QueueOrder(Order):
    """Waiting notifications first, then by number."""

    @property
    def column(self) -> Any:
        """1 for what waits."""
        waiting: ColumnElement[int] = case((Notification.state == "submitted", 1), else_=0)
        return waiting

    def value(self, record: Notification) -> int:
        """The record's own place."""
        return int(record.state == "submitted")
