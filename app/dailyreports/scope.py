"""Which daily reports exist for an actor: its own, or those of its area. They name nobody."""

from sqlalchemy import ColumnElement, false

from app.audit.history import historied
from app.dailyreports.models import DailyReport
from app.security.actor import Actor
from app.security.roles import HEALTH_CENTRE_ROLES, RoleName
from app.security.rows import row_law

_REPORTING = frozenset({RoleName.CLINIC, RoleName.HOSPITAL})
_OF_AUTHORITY = HEALTH_CENTRE_ROLES | {RoleName.AUTHORITY_SUPERVISOR}


@row_law(DailyReport)
def visible_reports(actor: Actor) -> ColumnElement[bool]:
    """Own reports; for a health centre and its authority those of the authority's institutions;
    for a prefecture those of the prefecture."""
    if actor.role in _REPORTING and actor.institution_id is not None:
        return DailyReport.institution_id == actor.institution_id
    if actor.role in _OF_AUTHORITY and actor.authority_id is not None:
        return DailyReport.authority_id == actor.authority_id
    if actor.role is RoleName.PREFECTURE_SUPERVISOR and actor.prefecture_code is not None:
        return DailyReport.prefecture_code == actor.prefecture_code
    return false()


historied(DailyReport, as_="daily_report")
