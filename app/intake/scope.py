"""Which scans exist: those of the own health centre."""

from sqlalchemy import ColumnElement, false

from app.audit.history import historied
from app.intake.models import PaperScan
from app.security.actor import Actor
from app.security.roles import HEALTH_CENTRE_ROLES
from app.security.rows import row_law


@row_law(PaperScan)
def visible_scans(actor: Actor) -> ColumnElement[bool]:
    """Paper belongs to the health centre it was sent to."""
    if actor.role not in HEALTH_CENTRE_ROLES or actor.institution_id is None:
        return false()
    return PaperScan.centre_id == actor.institution_id


historied(PaperScan, as_="paper_scan")
