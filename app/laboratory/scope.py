"""Whose files of results exist: those of the own laboratory."""

from sqlalchemy import ColumnElement, and_, false

from app.laboratory.models import ResultFile
from app.security.actor import Actor
from app.security.roles import RoleName
from app.security.rows import row_law


@row_law(ResultFile)
def visible_files(actor: Actor) -> ColumnElement[bool]:
    """Files the own laboratory sent."""
    if actor.role is not RoleName.LABORATORY or actor.institution_id is None:
        return false()
    return and_(ResultFile.institution_id == actor.institution_id)
