"""Keys issued and revoked by ID administrators, tokens issued to people with a second factor."""

from dataclasses import dataclass
from datetime import timedelta

from flask import current_app
from flask_babel import lazy_gettext as _l

from app.accounts.browser import Browser, this_browser
from app.accounts.guessing import tries_for_name
from app.accounts.login import begin_login, confirm_otp
from app.accounts.sessions import end_sessions, record_session
from app.api.models import ApiKey, ApiKeySecret
from app.api.rules import (
    KEY_PREFIX,
    TOKEN_PREFIX,
    beyond_role,
    hash_of,
    life_problem,
    new_secret,
    ranges_in,
)
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidState, NotAllowed
from app.core.transaction import transaction
from app.institutions.models import Institution
from app.institutions.rules import may_carry
from app.security.actor import Actor, acting_as, system_actor
from app.security.rights import require
from app.security.roles import RoleName

_TOKENS = system_actor("API tokens")


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """A new token, which is stored nowhere, and the seconds it lives."""

    token: str
    seconds: int


def issue_key(key: ApiKey, *, by: Actor) -> str:
    """Store a key for the actor's institution; gives the secret, once and never again.

    Raises:
        NotAllowed: the actor issues no keys.
    """
    require(by, "add", "api_key")
    if by.institution_id is None:
        raise NotAllowed(_l("Your role may not do this."))
    secret = new_secret(KEY_PREFIX)
    with transaction() as session:
        key.institution_id = by.institution_id
        key.ending, key.issued_at = secret[-6:], clock.now()
        session.add(key)
        session.flush()
        session.add(ApiKeySecret(key_id=key.id, secret_hash=hash_of(secret)))
        session.flush()
    return secret


def key_problems(key: ApiKey, *, by: Actor) -> dict[str, list[object]]:
    """Why a key cannot be issued like this, by item."""
    problems: dict[str, list[object]] = {}
    kind = _kind_of(by)
    if kind is None or not may_carry(kind, key.role):
        problems["role"] = [_l("Your institution has no accounts of this role.")]
    elif not key.scopes:
        problems["scopes"] = [_l("Choose at least one scope.")]
    elif beyond_role(RoleName(key.role), key.scopes):
        problems["scopes"] = [_l("The role itself may not do all of this.")]
    life = life_problem(key.expires_on, clock.today())
    if life is not None:
        too_long = _l("A key is valid for a year at most.")
        problems["expires_on"] = [_l("This day is over.") if life == "past" else too_long]
    try:
        ranges_in(key.address_ranges)
    except ValueError:
        problems["address_ranges"] = [_l("Write addresses as 192.0.2.10 or 192.0.2.0/24.")]
    return problems


def revoke_key(key: ApiKey, *, by: Actor) -> None:
    """End a key at once and for good.

    Raises:
        InvalidState: it is revoked already.
    """
    require(by, "revoke", "api_key")
    with transaction():
        if key.revoked_at is not None:
            raise InvalidState(_l("This key is revoked already."))
        key.revoked_at = clock.now()


def issue_token(username: str, password: str, code: str) -> IssuedToken | None:
    """A token for a person who shows password and one-time password, as at the login.

    It is a session of the account: listed with the others and ended with them. None: refused,
    for whatever reason; failed tries count towards the same lock and the same limits.

    Raises:
        TooMany: from this address or with this name, too often.
    """
    browser = this_browser()
    tries = tries_for_name(username, Browser("", ""))
    tries.refuse_if_spent()
    first = begin_login(username, password)
    principal = None if first is None else confirm_otp(first, code)
    if principal is None:
        tries.failed()
        return None
    seconds = int(current_app.config["API_TOKEN_MINUTES"]) * 60
    token, ends_at = new_secret(TOKEN_PREFIX), clock.now() + timedelta(seconds=seconds)
    with acting_as(_TOKENS), transaction() as session:
        record_session(session, principal, browser, token, ends_at=ends_at)
    return IssuedToken(token, seconds)


def revoke_token(token_id: int, *, user_id: int) -> None:
    """End one token of a person; another's is left alone."""
    with acting_as(_TOKENS), transaction() as session:
        end_sessions(session, user_id, only=token_id)


def _kind_of(by: Actor) -> str | None:
    own = db.session.get(Institution, by.institution_id) if by.institution_id else None
    return None if own is None else str(own.kind)
