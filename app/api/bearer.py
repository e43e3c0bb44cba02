"""Who stands behind a credential: a system's key or a person's token."""

from datetime import datetime, timedelta
from typing import Any

from flask import Flask, g, request, session
from sqlalchemy import Row, or_, select, update
from werkzeug.wrappers import Response

from app.accounts.principal import Principal, open_token
from app.accounts.programs import credential, sign_in_programs_by
from app.accounts.sessions import note_seen
from app.api.models import ApiKey, ApiKeySecret
from app.api.rules import KEY_PREFIX, TOKEN_PREFIX, hash_of, may_come_from
from app.core import clock
from app.core.db import db
from app.core.transaction import transaction
from app.institutions.models import Institution
from app.institutions.rules import may_carry, needs_letting_in
from app.security.actor import Actor, acting_as, system_actor
from app.security.roles import Entry, RoleName

# The instant of last use is written at most this often.
NOTED_EVERY = timedelta(seconds=60)
_CALLS = system_actor("API")


def install_bearer(app: Flask) -> None:
    """Let programs in by their credential; their calls neither read nor write a session."""
    sign_in_programs_by(_principal)
    app.before_request(_speak_their_language)
    app.after_request(_leave_the_cookie_alone)


def token_of_call() -> int | None:
    """The session that is the person's token of this call; None for a system's key."""
    found: int | None = g.get("api_token_id")
    return found


def _principal(secret: str) -> Principal | None:
    if len(secret) > 100:
        return None
    with acting_as(_CALLS):
        if secret.startswith(KEY_PREFIX):
            return _of_key(hash_of(secret))
        return _of_token(hash_of(secret)) if secret.startswith(TOKEN_PREFIX) else None


def _of_key(secret_hash: str) -> Principal | None:
    statement = (
        select(
            ApiKey.id,
            ApiKey.name,
            ApiKey.role,
            ApiKey.scopes,
            ApiKey.address_ranges,
            ApiKeySecret.used_at,
            Institution.id.label("institution_id"),
            Institution.name.label("institution_name"),
            Institution.kind,
            Institution.portal_on,
            Institution.portal_entries,
            Institution.authority_id,
            Institution.prefecture_code,
        )
        .join(ApiKeySecret, ApiKeySecret.key_id == ApiKey.id)
        .join(Institution, Institution.id == ApiKey.institution_id)
        .where(
            ApiKeySecret.secret_hash == secret_hash,
            ApiKey.revoked_at.is_(None),
            ApiKey.expires_on >= clock.today(),
            or_(Institution.closed_on.is_(None), Institution.closed_on > clock.today()),
        )
    )
    row = db.session.execute(statement).first()
    if row is None or not _is_let_in(row):
        return None
    mine = update(ApiKeySecret).where(ApiKeySecret.key_id == row.id)
    _note_use(mine.values(used_at=clock.now()), row.used_at)
    return _program(row)


def _is_let_in(row: Row[Any]) -> bool:
    """True from an address of the key, while its institution may use the portal in its role."""
    let_in = row.portal_on or not needs_letting_in(row.kind)
    from_there = may_come_from(request.remote_addr, row.address_ranges)
    return let_in and from_there and may_carry(row.kind, row.role)


def _program(row: Row[Any]) -> Principal:
    actor = Actor(
        user_id=None,
        name=f"API: {row.name}",
        role=RoleName(row.role),
        institution_id=row.institution_id,
        authority_id=row.authority_id,
        prefecture_code=row.prefecture_code,
        entries=frozenset(e for e in Entry if e in row.portal_entries),
        scopes=frozenset(row.scopes),
    )
    return Principal(
        id=0,
        username=f"key:{row.id}",
        display_name=row.name,
        institution_name=row.institution_name,
        epoch=0,
        actor=actor,
    )


def _of_token(token_hash: str) -> Principal | None:
    principal = open_token(token_hash)
    if principal is None or principal.session is None:
        return None
    g.api_token_id = principal.session.id
    note_seen(principal.session)
    return principal


def _note_use(statement: Any, before: datetime | None) -> None:
    if before is None or clock.now() - before >= NOTED_EVERY:
        with transaction() as opened:
            opened.execute(statement.execution_options(synchronize_session=False))


def _speak_their_language() -> None:
    if credential() is not None:
        session["locale"] = request.accept_languages.best_match(("ja", "en"), "ja")


def _leave_the_cookie_alone(response: Response) -> Response:
    if credential() is not None:
        session.modified = session.accessed = False
    return response
