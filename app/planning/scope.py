"""Whose bed plans exist for whom: those of the own area and of what lies in it.

| roles | plans |
| --- | --- |
| health centre | for its own area |
| authority headquarters | for the authority and its health centres |
| prefecture headquarters, information centre, laboratory | for the prefecture and what lies in it |
| national institute, ministry | all |
| everybody else | none |
"""

from sqlalchemy import ColumnElement, false

from app.audit.history import historied
from app.planning.models import BedPlan
from app.security.actor import Actor
from app.security.roles import role_of
from app.security.rows import row_law
from app.statistics.scope import of_own_area


@row_law(BedPlan)
def visible_plans(actor: Actor) -> ColumnElement[bool]:
    """The table above."""
    if not role_of(actor.role).may("show", "planning"):
        return false()
    return of_own_area(BedPlan, actor)


historied(BedPlan, as_="bed_plan")
