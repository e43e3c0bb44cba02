"""Daily reports on the screen."""

from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement

from app.core import clock
from app.core.labels import Label
from app.dailyreports import service
from app.dailyreports.models import DailyReport
from app.dailyreports.rules import NAMES, is_open
from app.generated.interface import PortalInterface
from app.generated.listing import Order
from app.generated.paths import path_of
from app.generated.searching import SearchBy
from app.generated.views import GeneratedView
from app.security.actor import Actor


class DailyReportView(GeneratedView):
    """Daily reports: 日次報告."""

    datamodel = PortalInterface(DailyReport)
    class_permission_name = "daily_report"
    route_base = "/daily-reports"
    title_label = Label("日次報告（年代別の人数）", "Daily reports (counts by age)")
    record_label = Label("日次報告", "Daily report")
    list_items = ("reported_on", "institution_id", "total", *NAMES)
    show_items = ("reported_on", "institution_id", *NAMES, "total")
    form_items = ("reported_on", *NAMES)
    search_items = (SearchBy("reported_on", "range"), SearchBy("institution_id", "reference"))
    sort_items = ("reported_on",)
    empty_hint = _l(
        "From 26 September 2022 people outside the four groups are counted by age. "
        "Days with nobody need no report."
    )

    def order(self, sort: str | None, direction: str | None, key: ColumnElement[Any]) -> Order:
        """The latest day first."""
        path = path_of(DailyReport, sort or "reported_on")
        return Order(path, direction != "asc", key)

    def title_of(self, record: DailyReport) -> str:
        """The day it is about."""
        return _("Daily report of %(day)s", day=str(record))

    def form_names(self, actor: Actor) -> tuple[str, ...]:
        """The day of a report is what it is; only its counts are corrected."""
        names = super().form_names(actor)
        editing = "pk" in (request.view_args or {})
        return tuple(name for name in names if not (editing and name == "reported_on"))

    def new_values(self, presets: dict[str, Any], by: Actor) -> dict[str, Any]:
        """Today."""
        return {"reported_on": clock.today()}

    def may_change(self, record: DailyReport, actor: Actor) -> bool:
        """The reporting institution, until the next day."""
        own = record.institution_id == actor.institution_id
        return own and is_open(record.reported_on, clock.today())

    def save_new(self, record: DailyReport, by: Actor) -> DailyReport:
        """The verb checks the day and adds up."""
        return service.report_day(record, by=by)

    def save_changes(self, record: DailyReport, by: Actor) -> None:
        """The verb checks the day and adds up."""
        service.correct_day(record, by=by)
