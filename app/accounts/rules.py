"""Pure rules of passwords, one-time passwords, locks, the end of sessions, and of delegation:
who may issue and manage whose account."""

import enum
import hashlib
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

import pyotp
from flask_babel import lazy_gettext as _l

from app.institutions.rules import FIRST_ADMINISTRATORS, ROLES_OF_KIND
from app.security.roles import RoleName

STEP_SECONDS = 30
RECOVERY_CODES = 10
# 32 characters without 0, 1, I and O, which are misread on paper.
_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"

SessionEnd = Literal["idle", "age"]


def is_locked(locked_until: datetime | None, now: datetime) -> bool:
    """True while an account rests after failed tries."""
    return locked_until is not None and locked_until > now


def session_end(
    *, since: int, seen: int, now: int, idle: timedelta, age: timedelta
) -> SessionEnd | None:
    """Why a session is over, or None while it lasts. Instants in whole Unix seconds."""
    if now - since >= age.total_seconds():
        return "age"
    return "idle" if now - seen >= idle.total_seconds() else None


def typed_digits(text: str) -> str:
    """A code as typed: full-width digits of a Japanese keyboard, spaces and hyphens allowed."""
    return "".join(c for c in unicodedata.normalize("NFKC", text) if c.isalnum()).upper()


def otp_step(at: datetime) -> int:
    """The number of the 30-second step an instant falls into (RFC 6238)."""
    return int(at.timestamp()) // STEP_SECONDS


def matching_step(secret: str, code: str, at: datetime) -> int | None:
    """The step whose one-time password is ``code``: now, or one before or after; else None.

    One step of slack each way is what RFC 6238 advises for clocks that differ.
    """
    if not secret:
        return None  # No authenticator was set up; nothing can be right.
    totp, typed, now = pyotp.TOTP(secret), typed_digits(code), otp_step(at)
    found = None
    for step in (now - 1, now, now + 1):
        if secrets.compare_digest(totp.generate_otp(step).encode(), typed.encode()):
            found = step
    return found


def new_recovery_codes() -> tuple[str, ...]:
    """Ten codes of 120 random bits each, to be shown once."""
    return tuple(
        _grouped("".join(secrets.choice(_ALPHABET) for _ in range(24)))
        for _ in range(RECOVERY_CODES)
    )


def recovery_hash(code: str) -> str:
    """What is stored of a recovery code; 120 random bits need neither salt nor slow hash."""
    return hashlib.sha256(typed_digits(code).encode()).hexdigest()


def _grouped(text: str) -> str:
    return "-".join(text[i : i + 4] for i in range(0, len(text), 4))


def new_activation_code() -> str:
    """A one-time activation code of 80 random bits, in groups that are easy to copy."""
    return _grouped("".join(secrets.choice(_ALPHABET) for _ in range(16)))


def activation_hash(code: str) -> str:
    """What is stored of an activation code; 80 random bits need no slow hash."""
    return hashlib.sha256(f"activation:{typed_digits(code)}".encode()).hexdigest()


def account_state(
    *,
    closed_on: date | None,
    suspended: bool,
    locked: bool,
    awaits_activation: bool,
    code_expires_at: datetime | None,
    now: datetime,
    today: date,
) -> str:
    """The one word of ``ACCOUNT_STATE`` that says why somebody can or cannot sign in."""
    if closed_on is not None and closed_on <= today:
        return "closed"
    if suspended:
        return "suspended"
    if locked:
        return "locked"
    if awaits_activation:
        return "awaiting" if code_expires_at is not None and code_expires_at > now else "expired"
    return "in_use" if closed_on is None else "leaving"


class Step(enum.StrEnum):
    """What an administrator does to an account that exists."""

    CHANGE = "change"
    ACTIVATION_CODE = "activation_code"
    RESET = "reset"
    LOCK = "lock"
    UNLOCK = "unlock"
    SUSPEND = "suspend"
    RESUME = "resume"
    CLOSE = "close"
    REOPEN = "reopen"
    END_SESSIONS = "end_sessions"


@dataclass(frozen=True, slots=True)
class Post:
    """Who acts: role and place. ``kind`` is that of the institution."""

    user_id: int | None
    role: RoleName
    institution_id: int | None
    kind: str | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where an account is to be issued, as seen from the one who issues it."""

    institution_id: int
    kind: str
    is_open: bool
    is_below: bool
    has_administrator: bool


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose account it is."""

    user_id: int
    role: RoleName
    institution_id: int
    issued_by_id: int | None
    ever_activated: bool


# One's own account is looked after by a colleague: nobody lifts a lock laid on oneself.
_ON_ONESELF = frozenset({Step.CHANGE, Step.CLOSE, Step.END_SESSIONS})
# Of an administrator of an institution below, until that one has taken over.
_ON_A_FIRST_ADMINISTRATOR = frozenset({Step.ACTIVATION_CODE, Step.CLOSE})


def issuing_problem(by: Post, place: Place, role: RoleName) -> object | None:
    """Why ``by`` may not issue an account with ``role`` at ``place``; None when that is right.

    In the own institution every role its kind can carry; in an institution below, by
    ``FIRST_ADMINISTRATORS``, the first ID administrator and nobody else (R25, R29).
    """
    if by.role is not RoleName.ID_ADMINISTRATOR:
        return _l("Your role may not issue accounts.")
    if not place.is_open:
        return _l("This institution is closed.")
    if role not in ROLES_OF_KIND.get(place.kind, frozenset()):
        return _l("An institution of this kind cannot carry this role.")
    if place.institution_id == by.institution_id:
        return None
    return _problem_below(by, place, role)


def _problem_below(by: Post, place: Place, role: RoleName) -> object | None:
    if not place.is_below or place.kind not in FIRST_ADMINISTRATORS.get(by.kind or "", frozenset()):
        return _l("You issue accounts for your own institution only.")
    if role is not RoleName.ID_ADMINISTRATOR:
        return _l("For an institution below you issue the first ID administrator only.")
    if place.has_administrator:
        return _l("This institution has an ID administrator, who issues its accounts.")
    return None


def managing_problem(by: Post, holder: Holder, step: Step) -> object | None:
    """Why ``by`` may not take ``step`` on the account of ``holder``; None when that is right."""
    if by.role is not RoleName.ID_ADMINISTRATOR:
        return _l("Your role may not issue accounts.")
    if holder.institution_id == by.institution_id:
        if holder.user_id == by.user_id and step not in _ON_ONESELF:
            return _l("Ask another ID administrator to do this to your own account.")
        return None
    handed_out = (
        holder.role is RoleName.ID_ADMINISTRATOR
        and holder.issued_by_id is not None
        and holder.issued_by_id == by.institution_id
        and not holder.ever_activated
    )
    if handed_out and step in _ON_A_FIRST_ADMINISTRATOR:
        return None
    return _l("You manage accounts of your own institution only.")


def role_change_problem(
    by: Post, holder: Holder, new: RoleName, *, kind: str, other_administrators: int
) -> object | None:
    """Why the role of ``holder`` cannot become ``new``; None when it can.

    ``kind`` is that of the holder's institution; ``other_administrators`` counts the open
    accounts of ID administrators there besides this one.
    """
    if new is holder.role:
        return None
    if holder.user_id == by.user_id:
        return _l("Nobody changes their own role. Ask another ID administrator.")
    if new not in ROLES_OF_KIND.get(kind, frozenset()):
        return _l("An institution of this kind cannot carry this role.")
    return last_administrator_problem(holder.role, other_administrators)


def last_administrator_problem(role: RoleName, other_administrators: int) -> object | None:
    """Why an account may not lose its role or end: somebody must be left to issue accounts."""
    if role is RoleName.ID_ADMINISTRATOR and other_administrators == 0:
        return _l("This is the last ID administrator of the institution. Issue another one first.")
    return None
