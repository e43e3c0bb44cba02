"""The screens of reports."""

from typing import Any

from app.reports.layout_views import ReportLayoutView
from app.reports.survey_views import CareSurveyView
from app.reports.views import ReportView

SCREENS: tuple[type[Any], ...] = (ReportView, ReportLayoutView, CareSurveyView)
