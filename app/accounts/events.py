"""What happened at the doors of an account, noted for its owner and its administrators."""

from datetime import timedelta

from flask import has_request_context
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.browser import this_browser
from app.accounts.models import LoginEvent
from app.core import clock
from app.core.db import db
from app.core.labels import CodeList
from app.security.actor import acting_as, system_actor

SHOWN_DAYS = 90
SHOWN_LIMIT = 500

OUTCOMES = CodeList(
    "login_outcome",
    ("login", "ログイン", "Signed in"),
    ("activated", "利用開始", "Account activated"),
    ("enrolled", "認証アプリの登録とログイン", "Authenticator set up, signed in"),
    ("recovery", "リカバリーコードでログイン", "Signed in with a recovery code"),
    ("failed", "ログイン失敗", "Failed try"),
    ("logout", "ログアウト", "Signed out"),
    ("new_device", "新しい端末からのログイン", "First login from a device"),
    ("session_ended", "別の端末のセッションを終了", "Session of another device ended"),
    ("device_confirmed", "新しい端末を本人と確認", "New device confirmed as own"),
    ("device_rejected", "心当たりのない端末を遮断", "Unknown device cut off"),
    ("password_changed", "パスワードの変更", "Password changed"),
    ("authenticator_changed", "認証アプリの変更", "Authenticator changed"),
    ("recovery_codes_renewed", "リカバリーコードの再発行", "New recovery codes"),
)
TONES = {
    "failed": "warning",
    "new_device": "warning",
    "device_rejected": "danger",
    "login": "success",
    "enrolled": "success",
    "recovery": "info",
}


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
