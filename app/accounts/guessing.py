"""How many wrong tries an address and a user name have at the doors of the login.

A device the account knows is not counted with the rest: its owner is never shut out by
strangers, and its own tries are counted in ``tries.py``.
"""

from dataclasses import dataclass

from flask import request
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import ColumnElement, select

from app.accounts.browser import Browser
from app.accounts.session_models import KnownDevice
from app.core.db import db
from app.security.actor import acting_as, system_actor
from app.security.rates import count_try, refuse_if_spent

ADDRESS = "login_address"
NAME = "login_account"
ACTIVATION = "activation_address"


@dataclass(frozen=True, slots=True)
class Tries:
    """The counts one request falls under: (kind, who)."""

    counts: tuple[tuple[str, str], ...]

    def refuse_if_spent(self) -> None:
        """Stop before any work is done. Raises TooMany."""
        if self.counts:
            refuse_if_spent(*self.counts)

    def failed(self) -> None:
        """Count a try that turned out wrong."""
        for kind, who in self.counts:
            count_try(kind, who)


def tries_for_name(username: str, browser: Browser) -> Tries:
    """The counts of a password for ``username``, whether anybody has that name or not."""
    if _knows(browser, User.username == username):
        return Tries(())
    return Tries(((ADDRESS, request.remote_addr or ""), (NAME, username.casefold()[:64])))


def tries_for_user(user_id: int, browser: Browser) -> Tries:
    """The counts of a one-time password or recovery code of an account."""
    if _knows(browser, User.id == user_id):
        return Tries(())
    return Tries(((ADDRESS, request.remote_addr or ""),))


def _knows(browser: Browser, condition: ColumnElement[bool]) -> bool:
    if not browser.device_hash:
        return False
    statement = (
        select(KnownDevice.id)
        .join(User, User.id == KnownDevice.user_id)
        .where(condition, KnownDevice.token_hash == browser.device_hash)
    )
    with acting_as(system_actor("login")):
        return db.session.scalar(statement) is not None
