"""What the menu needs of this package."""

from typing import Any, Final

from app.laboratory.outcome_views import PositiveView, SuspicionView
from app.laboratory.queries import positive_count, waiting_count
from app.laboratory.variant_views import LabVariantView
from app.laboratory.worklist_views import WorklistView

__all__ = ["SCREENS", "positive_count", "waiting_count"]

SCREENS: Final[tuple[type[Any], ...]] = (
    PositiveView,
    SuspicionView,
    WorklistView,
    LabVariantView,
)
