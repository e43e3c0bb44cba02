"""Which accounts exist for whom: an administrator's own institution, and one's own account."""

from sqlalchemy import ColumnElement, and_, or_

from app.accounts.models import Account
from app.security.actor import Actor
from app.security.roles import RoleName
from app.security.rows import row_law


@row_law(Account)
def visible_accounts(actor: Actor) -> ColumnElement[bool]:
    """Own account; for an ID administrator those of the own institution, and the first
    administrators issued for institutions below until they have activated."""
    own = Account.user_id == actor.user_id
    if actor.role is not RoleName.ID_ADMINISTRATOR or actor.institution_id is None:
        return own
    handed_out = and_(
        Account.issued_by_id == actor.institution_id,
        Account.role == RoleName.ID_ADMINISTRATOR.value,
        Account.first_activated_at.is_(None),
    )
    return or_(own, Account.institution_id == actor.institution_id, handed_out)
