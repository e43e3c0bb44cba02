"""Names of users for pages that say who did something."""

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import select

from app.accounts.models import full_name
from app.core.db import db


def names_of_users(keys: set[int]) -> dict[int, str]:
    """User → name as shown; those of closed accounts included."""
    if not keys:
        return {}
    rows = db.session.execute(
        select(User.id, User.last_name, User.first_name).where(User.id.in_(keys))
    )
    return {key: full_name(last or "", first or "") for key, last, first in rows}
