"""Accounts and what a login needs. Which accounts exist for whom is said in ``scope.py``."""

from datetime import date, datetime
from typing import Any

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import Boolean, Date, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import clock
from app.core.crypto.types import Encrypted, encrypted_json
from app.core.db import UtcDateTime, db
from app.institutions.models import Institution
from app.security.rows import internal


class Account(db.Model):
    """The person in charge (担当者) behind a sign-in name: institution, role, second factor (R26).

    One to one with FAB's ``User``, which holds the sign-in name, the name and the password hash.
    """

    __tablename__ = "account"

    user_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), primary_key=True)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), index=True)
    role: Mapped[str] = mapped_column(String(40))
    otp_secret: Mapped[str | None] = mapped_column(Encrypted(String(64)))
    otp_confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # The last 30-second step a one-time password was accepted for: none is taken twice.
    otp_last_step: Mapped[int] = mapped_column(Integer, default=0)
    failed_tries: Mapped[int] = mapped_column(Integer, default=0)
    locked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Every cookie carries the epoch it was issued in; raising it ends all sessions at once.
    session_epoch: Mapped[int] = mapped_column(Integer, default=1)
    demo: Mapped[bool] = mapped_column(Boolean, default=False)
    # Somebody else knows the password: no page opens before it is changed.
    must_change_password: Mapped[bool] = mapped_column(Boolean, default=False)
    # A new authenticator that was drawn but not confirmed yet; the old one is still in force.
    otp_next_secret: Mapped[str | None] = mapped_column(Encrypted(String(64)))
    otp_next_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_login_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    kana: Mapped[str | None] = mapped_column(String(100))
    mail: Mapped[str | None] = mapped_column(String(254))
    # The institution whose administrator issued it: the first administrator of an institution
    # below stays in that one's hands until the activation, and no longer.
    issued_by_id: Mapped[int | None] = mapped_column(ForeignKey("institution.id"))
    # No password of its own yet: issued, reset or reopened, and not activated since.
    awaits_activation: Mapped[bool] = mapped_column(Boolean, default=False)
    first_activated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Stopped by hand; failed tries lock for a while by ``locked_until`` instead.
    locked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    suspended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # From then on counts how long it is not used; the suspension before is over.
    resumed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # The first day without access: a day to come lets the person work until then.
    closed_on: Mapped[date | None] = mapped_column(Date)
    # Grows with every change by an administrator, so that no form overwrites another's.
    revision: Mapped[int] = mapped_column(Integer, default=1)

    user: Mapped[User] = relationship(foreign_keys=[user_id])
    institution: Mapped[Institution] = relationship(foreign_keys=[institution_id])

    def __str__(self) -> str:
        return self.display_name

    @property
    def display_name(self) -> str:
        """Family name, then given name, as Japanese names are written."""
        return full_name(self.user.last_name, self.user.first_name)

    @property
    def is_enrolled(self) -> bool:
        """True once an authenticator has been confirmed."""
        return self.otp_confirmed_at is not None

    @property
    def is_closed(self) -> bool:
        """True from the day of closing on."""
        return self.closed_on is not None and self.closed_on <= clock.today()


class ActivationCode(db.Model):
    """The code that opens an issued account once; only its hash is kept, one per account."""

    __tablename__ = "activation_code"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("account.user_id"), unique=True)
    code_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class AccountNotice(db.Model):
    """What the owner of an account is told at the next login: ``kind`` says what happened."""

    __tablename__ = "account_notice"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("account.user_id"), index=True)
    kind: Mapped[str] = mapped_column(String(30))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    shown_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class RecoveryCode(db.Model):
    """A code that replaces the one-time password once; only its hash is kept."""

    __tablename__ = "recovery_code"
    __table_args__ = (UniqueConstraint("user_id", "code_hash"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("account.user_id"))
    code_hash: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ParkedForm(db.Model):
    """A form sent after its session had ended, kept for its sender for one hour at most."""

    __tablename__ = "parked_form"
    __table_args__ = (Index("ix_parked_form_user_id_path", "user_id", "path"),)

    token: Mapped[str] = mapped_column(String(32), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("account.user_id"))
    path: Mapped[str] = mapped_column(String(2000))
    query: Mapped[str] = mapped_column(String(2000), default="")
    payload: Mapped[list[Any]] = mapped_column(encrypted_json())
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class LoginEvent(db.Model):
    """A login, a failed try or a logout. ``user_id`` is empty for a name nobody has; what was
    typed is never kept, as people type passwords into the wrong field."""

    __tablename__ = "login_event"
    __table_args__ = (Index("ix_login_event_user_id_at", "user_id", "at"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    user_id: Mapped[int | None] = mapped_column(Integer)
    outcome: Mapped[str] = mapped_column(String(30))
    # Where it came from, as roughly as its owner needs to recognise it.
    network: Mapped[str] = mapped_column(String(45), default="")
    description: Mapped[str] = mapped_column(String(60), default="")


def full_name(family: str, given: str) -> str:
    """Family and given name as shown; either may be empty."""
    return f"{family} {given}".strip()


internal(ActivationCode, reason="checked at the activation only")
internal(AccountNotice, reason="shown to its owner at the next login")
internal(RecoveryCode, reason="checked at login only")
internal(ParkedForm, reason="given back to its sender only")
internal(LoginEvent, reason="written at login; no door shows it")
