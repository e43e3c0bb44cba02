"""What happened at the doors of an account, noted for its owner and its administrators."""

from datetime import timedelta

from flask import has_request_context
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.browser import this_browser
from app.accounts.models import LoginEvent
from app.core import clock
from app.core.db import db
from app.security.actor import acting_as, system_actor

SHOWN_DAYS = 90
SHOWN_LIMIT = 500


def note(session: Session, user_id: int | None, outcome: str) -> None:
    """Write one event, with the browser it came from when there is one."""
    browser = this_browser() if has_request_context() else None
    session.add(
        LoginEvent(
            at=clock.now(),
            user_id=user_id,
            outcome=outcome,
            network=browser.network if browser else "",
            description=browser.description if browser else "",
        )
    )


def own_events(user_id: int) -> list[LoginEvent]:
    """The events of the last 90 days, newest first."""
    since = clock.now() - timedelta(days=SHOWN_DAYS)
    statement = (
        select(LoginEvent)
        .where(LoginEvent.user_id == user_id, LoginEvent.at >= since)
        .order_by(LoginEvent.at.desc(), LoginEvent.id.desc())
        .limit(SHOWN_LIMIT)
    )
    with acting_as(system_actor("own account")):
        return list(db.session.scalars(statement))
