"""What is thrown away or ended once a day."""

from datetime import date

from sqlalchemy import select

from app.accounts.devices import purge_devices
from app.accounts.dormancy import suspend_dormant
from app.accounts.models import Account, ActivationCode
from app.accounts.parking import purge_parked
from app.accounts.service import end_closed_account
from app.accounts.sessions import purge_sessions
from app.core import clock
from app.core.transaction import transaction
from app.generated.presence import purge_open_forms
from app.jobs.daily import daily
from app.security.rates import purge_counts


@daily("purge parked forms")
def purge(_today: date) -> int:
    """Forms nobody came back for."""
    return purge_parked()


@daily("purge open forms")
def purge_forms(_today: date) -> int:
    """Forms nobody has in view any more."""
    return purge_open_forms()


@daily("end closed accounts")
def end_closed(today: date) -> int:
    """Accounts whose last day has passed lose what they could sign in with."""
    with transaction() as session:
        due = session.scalars(
            select(Account).where(Account.closed_on <= today, Account.user.has(active=True))
        ).all()
        for account in due:
            end_closed_account(session, account)
        return len(due)


@daily("purge activation codes")
def purge_codes(_today: date) -> int:
    """Codes that were used or have expired."""
    with transaction() as session:
        over = (ActivationCode.expires_at <= clock.now()) | ActivationCode.used_at.is_not(None)
        codes = session.scalars(select(ActivationCode).where(over)).all()
        for code in codes:
            session.delete(code)
        return len(codes)


@daily("suspend dormant accounts")
def suspend_unused(today: date) -> int:
    """Accounts nobody used for long."""
    return suspend_dormant(today)


@daily("purge sessions and devices")
def purge_old_sessions(_today: date) -> int:
    """Sessions nobody is shown any more, devices whose cookie has run out, counts of tries."""
    with transaction() as session:
        return purge_sessions(session) + purge_devices(session) + purge_counts()
