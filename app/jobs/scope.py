"""Which jobs exist for whom: one's own, made in the post one still holds."""

from sqlalchemy import ColumnElement, and_, true

from app.jobs.models import JobRun
from app.security.actor import Actor
from app.security.rows import row_law


@row_law(JobRun)
def visible_jobs(actor: Actor) -> ColumnElement[bool]:
    """Own jobs only; a file made in a former post stays with that post."""
    if actor.is_system:
        return true()
    return and_(
        JobRun.user_id == actor.user_id,
        JobRun.role == str(actor.role),
        JobRun.institution_id.is_not_distinct_from(actor.institution_id),
    )
