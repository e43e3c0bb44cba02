"""Whose scheduled reports exist for whom.

| what | who |
| --- | --- |
| of figures | everybody whose own area it is about and who may ask for such a report |
| of people | those of the same institution and role who may ask for such a report |
"""

from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_

from app.audit.history import historied
from app.core.errors import NotVisible
from app.reports.schedules.models import ReportIssue, ReportSchedule, ReportSubscription
from app.security.actor import Actor
from app.security.roles import role_of
from app.security.rows import internal, row_law
from app.statistics.areas import own_area


@row_law(ReportSchedule)
def visible_schedules(actor: Actor) -> ColumnElement[bool]:
    """The table above."""
    return _of_the_area(actor, ReportSchedule)


@row_law(ReportIssue)
def visible_issues(actor: Actor) -> ColumnElement[bool]:
    """The table above."""
    return _of_the_area(actor, ReportIssue)


def _of_the_area(actor: Actor, model: Any) -> ColumnElement[bool]:
    role = role_of(actor.role)
    try:
        area = own_area(actor)
    except NotVisible:
        return false()
    same_area = and_(
        _same(model.prefecture_code, area.prefecture_code),
        _same(model.area_authority_id, area.authority_id),
        _same(model.centre_id, area.centre_id),
    )
    found: list[ColumnElement[bool]] = []
    if role.may("figures", "report"):
        found.append(and_(model.action == "figures", same_area))
    if role.may("people", "report") and actor.institution_id is not None:
        post = and_(model.institution_id == actor.institution_id, model.role == str(actor.role))
        found.append(and_(model.action == "people", same_area, post))
    return or_(false(), *found)


def _same(column: Any, value: object) -> ColumnElement[bool]:
    """Equal, or both without one; behind the walls a missing claim is equal to nothing."""
    same: ColumnElement[bool] = column.is_(None) if value is None else column == value
    return same


internal(ReportSubscription, reason="who is told by mail; asked by the service for a schedule")
historied(ReportSchedule, as_="report_schedule")
