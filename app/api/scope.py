"""Keys exist for the ID administrators of their institution; secrets for nobody."""

from sqlalchemy import ColumnElement, false

from app.api.models import ApiKey, ApiKeySecret
from app.audit.history import historied
from app.security.actor import Actor
from app.security.roles import RoleName
from app.security.rows import internal, row_law


@row_law(ApiKey)
def visible_keys(actor: Actor) -> ColumnElement[bool]:
    """The keys of the own institution, for its ID administrators."""
    if actor.role is not RoleName.ID_ADMINISTRATOR or actor.institution_id is None:
        return false()
    mine: ColumnElement[bool] = ApiKey.institution_id == actor.institution_id
    return mine


internal(ApiKeySecret, reason="compared when a program calls; no door shows it")
historied(ApiKey, as_="api_key")
