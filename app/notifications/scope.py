"""Which notifications exist for an actor: an identifying document between two parties.

The reporting institution (and the one that typed it in for it) sees its own, drafts included.
A health centre sees what was submitted to it, what it accepted, and the notifications of the
cases it meets. Nobody else sees any.
"""

from sqlalchemy import ColumnElement, and_, false, or_

from app.audit.history import historied
from app.cases.scope import accessible_case
from app.notifications.models import Notification
from app.security.actor import Actor
from app.security.roles import HEALTH_CENTRE_ROLES, RoleName
from app.security.rows import row_law

_REPORTING_ROLES = HEALTH_CENTRE_ROLES | {RoleName.CLINIC, RoleName.HOSPITAL}


@row_law(Notification)
def visible_notifications(actor: Actor) -> ColumnElement[bool]:
    """Own notifications; for a health centre also those addressed to or accepted by it."""
    if actor.role not in _REPORTING_ROLES or actor.institution_id is None:
        return false()
    own = or_(
        Notification.institution_id == actor.institution_id,
        Notification.entering_institution_id == actor.institution_id,
    )
    if actor.role not in HEALTH_CENTRE_ROLES:
        return own
    received = or_(
        Notification.responsible_centre_id == actor.institution_id,
        Notification.accepted_centre_id == actor.institution_id,
        accessible_case(actor, Notification.case_id),
    )
    return or_(own, and_(Notification.state != "draft", received))


# What is typed into a draft is not yet said to anybody: its history begins with "begun" and goes on
# with the submission, whose snapshot is kept whole.
historied(Notification, as_="notification", case="case_id", unkept=("draft",))
