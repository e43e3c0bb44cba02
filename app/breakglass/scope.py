"""Which openings exist for whom: one's own, and those of cases one answers for.

A health centre sees the openings of its cases, its data-protection officer and those of the
authority and the prefecture likewise; whoever opened sees the own ones.
"""

from sqlalchemy import ColumnElement, or_

from app.audit.history import historied
from app.breakglass.models import BreakGlass
from app.persons.scope import answered_for_by
from app.security.actor import Actor
from app.security.roles import HEALTH_CENTRE_ROLES, RoleName
from app.security.rows import row_law
from app.security.temporary import paperwork_of_access


@row_law(BreakGlass)
def visible_openings(actor: Actor) -> ColumnElement[bool]:
    """Own openings, and those to take note of."""
    own: ColumnElement[bool] = BreakGlass.user_id == actor.user_id
    addressed = addressed_to(actor)
    return own if addressed is None else or_(own, addressed)


def addressed_to(actor: Actor) -> ColumnElement[bool] | None:
    """Openings of cases the actor answers for; None for roles that answer for none."""
    if actor.role is RoleName.DATA_PROTECTION:
        return answered_for_by(actor, BreakGlass)
    if actor.role in HEALTH_CENTRE_ROLES:
        mine: ColumnElement[bool] = BreakGlass.responsible_centre_id == actor.institution_id
        return mine
    return None


historied(BreakGlass, as_="break_glass", case="case_id")
paperwork_of_access("break_glass")
