"""Whose tables and mappings exist: those of the own institution, for the roles that bring data."""

from sqlalchemy import ColumnElement, and_, false

from app.security.actor import Actor
from app.security.roles import RoleName
from app.security.rows import row_law
from app.tables.models import SavedMapping, TableFile

BRINGING = frozenset({RoleName.HEALTH_CENTRE_CLERK})
"""Who brings data in on behalf of the institution (R126: 保健所)."""


@row_law(TableFile)
def visible_files(actor: Actor) -> ColumnElement[bool]:
    """Tables the own institution sent."""
    if actor.role not in BRINGING or actor.institution_id is None:
        return false()
    return and_(TableFile.institution_id == actor.institution_id)


@row_law(SavedMapping)
def visible_mappings(actor: Actor) -> ColumnElement[bool]:
    """Mappings the own institution saved."""
    if actor.role not in BRINGING or actor.institution_id is None:
        return false()
    return and_(SavedMapping.institution_id == actor.institution_id)
