"""Pure rules of keys and tokens: how they are made, how long they live, where they come from."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import date, timedelta
from ipaddress import ip_address, ip_network

from app.security.actor import READING_ACTIONS
from app.security.roles import RoleName, role_of

KEY_PREFIX = "hsk_"
TOKEN_PREFIX = "hst_"  # noqa: S105 - the beginning of every token, no secret
LONGEST_LIFE = timedelta(days=366)
_WRITING = frozenset({"add", "edit", "delete"})


def new_secret(prefix: str) -> str:
    """A credential of 256 random bits; its prefix lets scanners of leaked text find it."""
    return prefix + secrets.token_urlsafe(32)


def hash_of(secret: str) -> str:
    """What is stored of a credential; 256 random bits need no slow hash."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def life_problem(expires_on: date, today: date) -> str | None:
    """``past`` or ``long`` when a key may not end on that day."""
    if expires_on < today:
        return "past"
    return "long" if expires_on - today > LONGEST_LIFE else None


def ranges_in(text: str | None) -> tuple[str, ...]:
    """The address ranges written in a text, each as ``192.0.2.0/24``.

    Raises:
        ValueError: a part is no address and no range.
    """
    parts = (text or "").replace(",", " ").replace("、", " ").split()
    return tuple(str(ip_network(part, strict=False)) for part in parts)


def may_come_from(address: str | None, ranges: str | None) -> bool:
    """True when a call from ``address`` stands within the ranges; no ranges: from anywhere."""
    wanted = ranges_in(ranges)
    if not wanted:
        return True
    try:
        caller = ip_address(address or "")
    except ValueError:
        return False
    return any(caller in ip_network(one) for one in wanted)


def beyond_role(role: RoleName, scopes: Iterable[str]) -> tuple[str, ...]:
    """Scopes that the role itself has no right for."""
    return tuple(scope for scope in scopes if not _within(role, scope))


def _within(role: RoleName, scope: str) -> bool:
    resource, _, kind = scope.partition(":")
    held = role_of(role).doors.get(resource, frozenset())
    return bool(held & (READING_ACTIONS if kind == "read" else _WRITING))
