"""What happened to an account while its owner was away, told once at the next login."""

from flask import flash
from flask_babel import gettext as _
from sqlalchemy import select

from app.accounts.models import AccountNotice
from app.core import clock
from app.core.transaction import transaction
from app.security.actor import acting_as, system_actor

_NOTICES = system_actor("notices")


def flash_notices(user_id: int) -> None:
    """Show what the owner has not been told yet."""
    with acting_as(_NOTICES), transaction() as session:
        waiting = session.scalars(
            select(AccountNotice)
            .where(AccountNotice.user_id == user_id, AccountNotice.shown_at.is_(None))
            .order_by(AccountNotice.id)
        ).all()
        for notice in waiting:
            flash(_sentence(notice), "warning")
            notice.shown_at = clock.now()


def _sentence(notice: AccountNotice) -> str:
    at = f"{clock.in_japan(notice.at):%Y/%m/%d %H:%M}"
    sentences = {
        "code_reused": _(
            "On %(at)s a one-time password of yours was sent a second time and refused. If that "
            "was not you, change your password and tell your ID administrator.",
            at=at,
        ),
        "reset": _(
            "On %(at)s the ID administrator reset the password and the authenticator of this "
            "account. If you did not ask for this, tell your ID administrator at once.",
            at=at,
        ),
    }
    return sentences[notice.kind]
