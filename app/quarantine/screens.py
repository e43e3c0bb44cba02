"""What the menu needs of this package."""

from typing import Any, Final

from app.quarantine.list_views import ReturneeListView
from app.quarantine.queries import new_count
from app.quarantine.step_views import TakingOverView, UnassignedView
from app.quarantine.views import ReturneeView

__all__ = ["SCREENS", "new_count"]

SCREENS: Final[tuple[type[Any], ...]] = (
    ReturneeListView,
    ReturneeView,
    TakingOverView,
    UnassignedView,
)
