"""What the portal refuses to start with outside demonstration and tests."""

from flask import Flask
from sqlalchemy import func, inspect, select

from app.accounts.models import Account
from app.core.db import db
from app.security.actor import acting_as, system_actor
from config import ConfigurationError


def refuse_unsafe_start(app: Flask) -> None:
    """Stop a production start that would open the portal.

    Needs an application context. A database without tables is not refused: migrations start
    the application too.

    Raises:
        ConfigurationError: debug is on, cookies travel unencrypted, or demo accounts exist.
    """
    if app.config["DEMO"] or app.config["TESTING"]:
        return
    if app.debug:
        raise ConfigurationError("debug is on: unset FLASK_DEBUG and start without --debug")
    if not app.config["SESSION_COOKIE_SECURE"]:
        raise ConfigurationError("SESSION_COOKIE_SECURE must stay on outside the demonstration")
    count = _demo_accounts()
    if count:
        raise ConfigurationError(
            f"the database holds {count} demo accounts: use a database of its own for production"
        )


def _demo_accounts() -> int:
    if not inspect(db.engine).has_table(Account.__tablename__):
        return 0
    with acting_as(system_actor("start")):
        statement = select(func.count()).select_from(Account).where(Account.demo.is_(True))
        count = db.session.scalar(statement) or 0
    db.session.remove()
    return count
