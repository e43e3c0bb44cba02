"""An anonymised record is closed: no door writes into it, and its page says so."""

from typing import Any

from flask import g, has_request_context
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import inspect, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import instance_state

from app.core.anonymity import MARK, Anonymisable
from app.core.dates import format_date
from app.core.db import db
from app.core.errors import InvalidState
from app.core.listeners import listen_once
from app.generated.notices import Notice, page_notice
from app.generated.refusals import closed_by
from app.retention.discarded import leave_traces
from app.retention.kinds import KINDS
from app.retention.models import RetentionEntry
from app.retention.parts import owners_of, reached_models
from app.security.actor import Actor, acting_as, current_actor, system_actor

CLOSED = _l("This record has been anonymised. It cannot be changed.")


def install_closing(session: Any) -> None:
    """Hold it at every flush, whichever door the change came through."""
    listen_once(session, "before_flush", _refuse_closed)
    listen_once(session, "after_flush", leave_traces)


@closed_by
def why_closed(record: Any) -> object | None:
    """The sentence for a record, or one whose case is at hand; None while it is open."""
    if _mark_of(record) is not None:
        _remember(record)
        return CLOSED
    return None


@page_notice
def notices(actor: Actor) -> list[Notice]:
    """匿名化済, above the page of the record: since when, and under which period."""
    record = g.get("anonymised_record")
    if record is None:
        return []
    kinds = [name for name, kind in KINDS.items() if type(record) is kind.model]
    with acting_as(system_actor("retention")):
        words = db.session.scalar(
            select(RetentionEntry.rule_words).where(
                RetentionEntry.kind.in_(kinds),
                RetentionEntry.record_id == record.id,
                RetentionEntry.state == "applied",
            )
        )
    text = _("Anonymised on %(day)s.", day=format_date(_mark_of(record)))
    if words:
        text += " " + _("Retention period: %(period)s.", period=words)
    rest = _("Names, addresses and free text are gone for good; what the figures need is kept.")
    return [Notice(f"{text} {rest}", "info", _("Anonymised"))]


def _remember(record: Any) -> None:
    if has_request_context() and "anonymised_record" not in g:
        g.anonymised_record = record


def _mark_of(record: Any) -> Any:
    return record.__dict__.get(MARK) if isinstance(record, Anonymisable) else None


def _refuse_closed(session: Session, _context: Any, _instances: Any) -> None:
    actor = current_actor()
    if actor is None or actor.is_system:
        return
    reached = reached_models()
    with session.no_autoflush:
        for record in (*session.new, *session.dirty, *session.deleted):
            if type(record) in reached and _is_closed(session, record):
                raise InvalidState(CLOSED)


def _is_closed(session: Session, record: Any) -> bool:
    if record in session.dirty and not session.is_modified(record):
        return False
    if _mark_of(record) is not None:
        return True
    return any(
        _is_marked(session, parent, key)
        for name, parent in owners_of(type(record))
        if (key := instance_state(record).dict.get(name)) is not None
    )


def _is_marked(session: Session, parent: type[Any], key: int) -> bool:
    if not issubclass(parent, Anonymisable):
        return False
    known = session.identity_map.get(inspect(parent).identity_key_from_primary_key((key,)))
    if known is not None and MARK in known.__dict__:
        return _mark_of(known) is not None
    with acting_as(system_actor("retention")):
        mark: Any = parent.anonymised_on
        return session.scalar(select(mark).where(parent.id == key)) is not None  # type: ignore[attr-defined]
