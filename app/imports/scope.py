"""Whose imports exist: those of the own health centre."""

from sqlalchemy import ColumnElement, and_, false

from app.imports.models import ImportBatch, ImportedCase, StagedRow
from app.security.actor import Actor
from app.security.roles import HEALTH_CENTRE_ROLES
from app.security.rows import internal, row_law


@row_law(ImportBatch)
def visible_batches(actor: Actor) -> ColumnElement[bool]:
    """Files the own health centre took in."""
    if actor.role not in HEALTH_CENTRE_ROLES or actor.institution_id is None:
        return false()
    return and_(ImportBatch.institution_id == actor.institution_id)


@row_law(StagedRow)
def visible_staged_rows(actor: Actor) -> ColumnElement[bool]:
    """Their rows."""
    if actor.role not in HEALTH_CENTRE_ROLES or actor.institution_id is None:
        return false()
    return and_(StagedRow.institution_id == actor.institution_id)


internal(ImportedCase, reason="numbers of other systems, unique in the country: for imports alone")
