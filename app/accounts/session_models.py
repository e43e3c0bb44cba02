"""Sessions and the devices they were opened from."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import UtcDateTime, db
from app.security.rows import internal


class KnownDevice(db.Model):
    """A browser that once completed a login of this account, known again by its cookie.

    Its failed tries are counted here and not with the account: strangers who guess can lock
    the account for strangers only. ``confirmed_at`` stays empty until the owner, in another
    browser, says that the device is theirs; the first device of an account needs nobody's word.
    """

    __tablename__ = "known_device"
    __table_args__ = (UniqueConstraint("user_id", "token_hash"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("account.user_id"))
    token_hash: Mapped[str] = mapped_column(String(64))
    description: Mapped[str] = mapped_column(String(60))
    first_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failed_tries: Mapped[int] = mapped_column(Integer, default=0)
    locked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)


class AccountSession(db.Model):
    """One signed-in browser, or one token of a program. They hold the secret, this table its hash.

    It lives while it is not ended, its ``epoch`` is still that of the account (raising that
    ends all sessions at once), and neither the idle time nor the age has run out. A token of
    the API alone has ``ends_at``, the instant at which it ends, used or not.
    """

    __tablename__ = "account_session"
    __table_args__ = (
        UniqueConstraint("token_hash"),
        Index("ix_account_session_user_id_ended_at", "user_id", "ended_at"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("account.user_id"))
    token_hash: Mapped[str] = mapped_column(String(64))
    epoch: Mapped[int] = mapped_column(Integer)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    network: Mapped[str] = mapped_column(String(45), default="")
    description: Mapped[str] = mapped_column(String(60), default="")
    device_id: Mapped[int | None] = mapped_column(
        ForeignKey("known_device.id", ondelete="SET NULL")
    )
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    device: Mapped[KnownDevice | None] = relationship()


internal(KnownDevice, reason="asked at login and by the owner of the account")
internal(AccountSession, reason="asked with each request and by the owner of the account")
