"""Whose workbooks exist: those of the own institution, for the roles that notify."""

from sqlalchemy import ColumnElement, and_, false

from app.security.actor import Actor
from app.security.roles import HEALTH_CENTRE_ROLES, RoleName
from app.security.rows import row_law
from app.sheets.models import NotificationBook, SubmittedRow

_NOTIFYING = HEALTH_CENTRE_ROLES | {RoleName.CLINIC, RoleName.HOSPITAL}


@row_law(NotificationBook)
def visible_books(actor: Actor) -> ColumnElement[bool]:
    """Workbooks the own institution sent."""
    if actor.role not in _NOTIFYING or actor.institution_id is None:
        return false()
    return and_(NotificationBook.institution_id == actor.institution_id)


@row_law(SubmittedRow)
def visible_rows(actor: Actor) -> ColumnElement[bool]:
    """Rows the own institution submitted."""
    if actor.role not in _NOTIFYING or actor.institution_id is None:
        return false()
    return and_(SubmittedRow.institution_id == actor.institution_id)
