"""How much an account is used, as its administrator sees it."""

from flask_babel import gettext as _

from app.accounts.dormancy import dormant_on, is_warned
from app.accounts.models import Account
from app.core import clock
from app.core.pages import Cell


def last_login(account: Account) -> Cell:
    """The last login; in the last days before the account is suspended, with that day."""
    at, day = account.last_login_at, dormant_on(account)
    text = "" if at is None else f"{clock.in_japan(at):%Y/%m/%d %H:%M}"
    if day is None or not is_warned(account):
        return Cell(text)
    words = _("Suspended on %(day)s unless used", day=f"{day:%Y/%m/%d}")
    return Cell(f"{text} {words}".strip(), tone="warning")
