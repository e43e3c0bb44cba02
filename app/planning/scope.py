"""Whose bed plans exist for whom: those of the own area and of what lies in it.

| roles | plans |
| --- | --- |
| health centre | for its own area |
| authority headquarters | for the authority and its health centres |
| prefecture headquarters, information centre, laboratory | for the prefecture and what lies in it |
| national institute, ministry | all |
| everybody else | none |
"""

from typing import Any

from sqlalchemy import ColumnElement, false, true

from app.audit.history import historied
from app.planning.models import BedPlan
from app.security.actor import Actor
from app.security.roles import RoleName, role_of
from app.security.rows import row_law
from app.statistics.scope import CENTRE_ROLES, NATIONAL_ROLES, PREFECTURE_ROLES


@row_law(BedPlan)
def visible_plans(actor: Actor) -> ColumnElement[bool]:
    """The table above."""
    if not role_of(actor.role).may("show", "planning"):
        return false()
    if actor.role in NATIONAL_ROLES:
        return true()
    if actor.role in PREFECTURE_ROLES:
        return _own(BedPlan.prefecture_code, actor.prefecture_code)
    if actor.role is RoleName.AUTHORITY_SUPERVISOR:
        return _own(BedPlan.authority_id, actor.authority_id)
    if actor.role in CENTRE_ROLES:
        return _own(BedPlan.centre_id, actor.institution_id)
    return false()


def _own(column: Any, value: object) -> ColumnElement[bool]:
    condition: ColumnElement[bool] = false() if value is None else column == value
    return condition


historied(BedPlan, as_="bed_plan")
