"""Pure rules of passwords, one-time passwords, locks and the end of sessions."""

import hashlib
import secrets
import unicodedata
from datetime import datetime, timedelta
from typing import Literal

import pyotp

STEP_SECONDS = 30
RECOVERY_CODES = 10
# 32 characters without 0, 1, I and O, which are misread on paper.
_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"

SessionEnd = Literal["idle", "age"]


def new_password() -> str:
    """An initial password of 80 random bits, readable on paper."""
    return _grouped("".join(secrets.choice(_ALPHABET) for _ in range(16))).lower()


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
    totp, typed, now = pyotp.TOTP(secret), typed_digits(code), otp_step(at)
    found = None
    for step in (now - 1, now, now + 1):
        if secrets.compare_digest(totp.generate_otp(step).encode(), typed.encode()):
            found = step
    return found


def new_recovery_codes() -> tuple[str, ...]:
    """Ten codes of 80 random bits each, to be shown once."""
    return tuple(
        _grouped("".join(secrets.choice(_ALPHABET) for _ in range(16)))
        for _ in range(RECOVERY_CODES)
    )


def recovery_hash(code: str) -> str:
    """What is stored of a recovery code; 80 random bits need no slow hash."""
    return hashlib.sha256(typed_digits(code).encode()).hexdigest()


def _grouped(text: str) -> str:
    return "-".join(text[i : i + 4] for i in range(0, len(text), 4))
