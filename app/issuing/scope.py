"""Whose workbooks exist: one's own, made in the institution one still belongs to."""

from sqlalchemy import ColumnElement, and_

from app.issuing.models import IssuingBatch
from app.security.actor import Actor
from app.security.rows import row_law


@row_law(IssuingBatch)
def visible_batches(actor: Actor) -> ColumnElement[bool]:
    """Own workbooks only."""
    return and_(
        IssuingBatch.user_id == actor.user_id,
        IssuingBatch.institution_id == actor.institution_id,
    )
