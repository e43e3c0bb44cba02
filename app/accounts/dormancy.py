"""Accounts nobody uses: marked in the list of the ID administrator, then suspended.

An account that still awaits its activation is not used either, but opens nothing: its code
expires by itself.
"""

from datetime import date, timedelta

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, or_, select

from app.accounts.models import Account
from app.accounts.service import suspend
from app.core import clock
from app.core.transaction import transaction
from app.security.actor import current_actor, system_actor


def dormant_on(account: Account) -> date | None:
    """The day the account is suspended if nobody signs in before; None when it never is."""
    stopped = account.suspended_at is not None or account.is_closed
    if stopped or account.awaits_activation or account.demo:
        return None
    used = (account.last_login_at, account.resumed_at, account.first_activated_at)
    last = max((at for at in used if at is not None), default=account.created_at)
    return clock.in_japan(last).date() + timedelta(days=current_app.config["ACCOUNT_DORMANT_DAYS"])


def is_warned(account: Account) -> bool:
    """True in the last days before the account is suspended."""
    day = dormant_on(account)
    warning = timedelta(days=current_app.config["ACCOUNT_DORMANT_WARNING_DAYS"])
    return day is not None and day - warning <= clock.today()


def unused_since(day: date) -> ColumnElement[bool]:
    """Accounts in use whose last use lies before ``day`` (Japan)."""
    begin = clock.midnight_in_japan(day)
    return and_(
        Account.suspended_at.is_(None),
        Account.awaits_activation.is_(False),
        Account.demo.is_(False),
        or_(Account.closed_on.is_(None), Account.closed_on > clock.today()),
        Account.created_at < begin,
        *(
            or_(column.is_(None), column < begin)
            for column in (Account.last_login_at, Account.resumed_at, Account.first_activated_at)
        ),
    )


def soon_dormant() -> ColumnElement[bool]:
    """Accounts that are suspended within the days of the warning, or are due."""
    config = current_app.config
    days = config["ACCOUNT_DORMANT_DAYS"] - config["ACCOUNT_DORMANT_WARNING_DAYS"]
    return unused_since(clock.today() - timedelta(days=days - 1))


def suspend_dormant(today: date) -> int:
    """Suspend what nobody used for ACCOUNT_DORMANT_DAYS; how many were suspended."""
    days = current_app.config["ACCOUNT_DORMANT_DAYS"]
    by = current_actor() or system_actor("suspend dormant accounts")
    with transaction() as session:
        due = session.scalars(
            select(Account).where(unused_since(today - timedelta(days=days - 1)))
        ).all()
        for account in due:
            suspend(account, by=by, reason=_("Not used for %(days)s days", days=days))
        return len(due)
