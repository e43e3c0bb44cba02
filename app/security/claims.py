"""Tells PostgreSQL who acts, signed, so that its own row policies can ask the same question.

Once per transaction (and again when the actor changes within it) the connection is told a claim:
role, keys and the instant, with a signature over it and over the number of the server process.
It ends with the transaction, so a pooled connection carries nothing to the next user. At the
start of a transaction it travels together with BEGIN and costs no round trip of its own.
"""

import hashlib
import hmac
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from datetime import datetime, timedelta
from typing import Any

import psycopg
from flask import Flask
from psycopg.pq import ExecStatus, TransactionStatus
from sqlalchemy import Connection, event

from app.core import clock
from app.core.all_rows import set_keeper
from app.core.db import db
from app.security.actor import Actor, acting_as, current_actor, system_actor
from app.security.rows import EXEMPT

SETTING = "portal.claim"
REWRITING = "rewriting"
"""The switch in a claim that opens what is written once (see app/security/append_only.py)."""

OPENING = "opening-"
"""The switch with the key behind it: who acts ties themselves to this one record for a time."""

_TOLD = "portal_told"
_PLAIN = re.compile(r"[A-Za-z0-9_-]*")
_RETELL = timedelta(minutes=1)
_rewriting: ContextVar[bool] = ContextVar("rewriting", default=False)
_opening: ContextVar[int | None] = ContextVar("opening", default=None)


@contextmanager
def rewriting() -> Iterator[None]:
    """Let the system, and nobody else, change rewritable columns of what is written once.

    Used where retention ends (values are blanked) and where encryption is renewed.
    """
    token = _rewriting.set(True)
    try:
        yield
    finally:
        _rewriting.reset(token)


@contextmanager
def opening_to_oneself(key: int) -> Iterator[None]:
    """Let whoever acts tie themselves to the record ``key``, which does not exist for them yet.

    The database then takes that one tie from them (see ``temporary.ties_oneself``).
    """
    token = _opening.set(key)
    try:
        yield
    finally:
        _opening.reset(token)


@contextmanager
def _renewing(purpose: str) -> Iterator[None]:
    """How the core renews the encryption of every row."""
    with acting_as(system_actor(purpose)), rewriting():
        yield


set_keeper(_renewing)


def is_rewriting() -> bool:
    """True inside :func:`rewriting` while the system acts."""
    actor = current_actor()
    return _rewriting.get() and actor is not None and actor.is_system


def _switch() -> str:
    """What the claim opens beyond the laws; empty but for the two blocks above."""
    if is_rewriting():
        return REWRITING
    key = _opening.get()
    return "" if key is None else f"{OPENING}{key}"


def wall_key(secret: str) -> bytes:
    """The key of the signatures, derived from the portal's secret: 32 bytes."""
    return hmac.digest(secret.encode(), b"row-level security of the portal", hashlib.sha256)


def claim_of(actor: Actor, *, begun_at: datetime, switch: str = "") -> str:
    """``role|user|institution|authority|prefecture|instant|switch|,entries,|household``."""
    keys = (
        actor.role.value,
        actor.user_id,
        actor.institution_id,
        actor.authority_id,
        actor.prefecture_code,
    )
    words = ["" if key is None else str(key) for key in keys]
    entries = sorted(actor.entries)
    household = "" if actor.household_id is None else str(actor.household_id)
    if not all(_PLAIN.fullmatch(word) for word in (*words, *entries, household)):
        raise ValueError("the keys of an actor are numbers and code words")
    given = f",{','.join(entries)},"
    return "|".join([*words, begun_at.strftime("%Y-%m-%d %H:%M:%S.%f"), switch, given, household])


def signed(claim: str, *, key: bytes, backend: int) -> str:
    """The claim behind its signature; worth nothing to another server process."""
    signature = hmac.new(key, f"{backend}|{claim}".encode(), hashlib.sha256).hexdigest()
    return f"{signature}|{claim}"


def install_claims(app: Flask) -> None:
    """Have every statement of the application's engine run in the name of its actor."""
    with app.app_context():
        engine = db.engine
    if engine.dialect.name != "postgresql":
        return
    key = wall_key(app.config["SECRET_KEY"])

    def before_statement(
        connection: Connection,
        _cursor: Any,
        _statement: str,
        _parameters: Any,
        context: Any,
        _many: bool,
    ) -> None:
        exempt = context is not None and context.execution_options.get(EXEMPT)
        # Asked first: finding the signed-in actor may itself run a statement.
        actor = system_actor("exempt") if exempt else current_actor()
        _tell(connection, actor, key)

    event.listen(engine, "before_cursor_execute", before_statement)
    event.listen(engine, "rollback_savepoint", _forget)


def _forget(connection: Connection, _name: str, _context: Any) -> None:
    """What was told since the savepoint is no longer known to the server."""
    connection.info.pop(_TOLD, None)


def _tell(connection: Connection, actor: Actor | None, key: bytes) -> None:
    raw = connection.connection.driver_connection
    assert isinstance(raw, psycopg.Connection)
    status = raw.pgconn.transaction_status
    if status == TransactionStatus.INERROR:
        return
    now = clock.now()
    starting = status == TransactionStatus.IDLE
    told = None if starting else connection.info.get(_TOLD)
    began = time.monotonic() if told is None else told[2]
    identity = None if actor is None else (actor.role, actor, _switch())
    if told is None and identity is None and starting:
        connection.info[_TOLD] = (None, now, began)
        return
    if told is not None and told[0] == identity and abs(now - told[1]) < _RETELL:
        return
    claim = ""
    if actor is not None:
        begun_at = now - timedelta(seconds=time.monotonic() - began)
        claim = signed(
            claim_of(actor, begun_at=begun_at, switch=_switch()),
            key=key,
            backend=raw.pgconn.backend_pid,
        )
    _send(raw, claim, _begin(raw) if starting and not raw.autocommit else "")
    connection.info[_TOLD] = (identity, now, began)


def _begin(raw: "psycopg.Connection[Any]") -> str:
    """What psycopg itself would send first."""
    level = raw.isolation_level
    words = ["BEGIN"] + ([] if level is None else ["ISOLATION LEVEL", level.name.replace("_", " ")])
    if raw.read_only is not None:
        words.append("READ ONLY" if raw.read_only else "READ WRITE")
    if raw.deferrable is not None:
        words.append("DEFERRABLE" if raw.deferrable else "NOT DEFERRABLE")
    return " ".join(words) + "; "


def _send(raw: "psycopg.Connection[Any]", claim: str, begin: str) -> None:
    """One trip, past the counters of statements: no page asks for it."""
    # A connection that is gone says so with the statement itself, where the pool hears it.
    with suppress(psycopg.OperationalError):
        result = raw.pgconn.exec_(
            f"{begin}SELECT set_config('{SETTING}', '{claim}', true)".encode()
        )
        if result.status != ExecStatus.TUPLES_OK:
            raise RuntimeError("the database did not take the claim of who acts")
