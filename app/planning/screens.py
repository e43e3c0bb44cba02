"""The screens of this package, in the order they are registered."""

from typing import Any

from app.planning.cluster_views import ClusterSumsView
from app.planning.delay_views import DelayView
from app.planning.plan_views import BedPlanView
from app.planning.views import PlanningView

SCREENS: tuple[type[Any], ...] = (PlanningView, BedPlanView, ClusterSumsView, DelayView)
