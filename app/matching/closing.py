"""A person or case made one with another is closed: its page says so, no door writes into it."""

from typing import Any

from flask import g, has_request_context, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import get_history
from sqlalchemy.orm.util import identity_key

from app.cases.models import Case
from app.core.errors import InvalidState
from app.core.listeners import listen_once
from app.core.pages import Action
from app.generated.notices import Notice, page_notice
from app.generated.refusals import closed_by
from app.matching.children import children
from app.persons.models import Person
from app.security.actor import Actor, current_actor

_MERGED = (Person, Case)
CLOSED = _l("This record was made one with another. Work with that one.")


def install_merged(session: Any) -> None:
    """Hold it at every flush, whichever door the change came through."""
    listen_once(session, "before_flush", _refuse_merged)


@closed_by
def why_merged(record: Any) -> object | None:
    """The sentence for a record that was made one with another; None while it stands alone."""
    if _into(record) is None:
        return None
    if has_request_context():
        g.merged_record = record
    return CLOSED


@page_notice
def notices(actor: Actor) -> list[Notice]:
    """統合済み, above the page of the record that was given up: where everything is now."""
    record = g.get("merged_record")
    if record is None:
        return []
    view = "CaseView.show" if isinstance(record, Case) else "PersonView.show"
    there = url_for(view, pk=_into(record))
    text = _("Its records and values are with the one that stayed; the history is kept here.")
    return [Notice(text, "info", _("Made one with another"), (Action(_("Open that one"), there),))]


def _into(record: Any) -> int | None:
    """The key of the record it was made one with."""
    # Not everybody may read the number; who may not is shown no button anyway.
    if isinstance(record, Person):
        into: Any = record.merged_into_id
    else:
        into = record.__dict__.get("merged_into_id") if isinstance(record, Case) else None
    return into if isinstance(into, int) else None


def _refuse_merged(session: Session, _context: Any, _instances: Any) -> None:
    actor = current_actor()
    if actor is None or actor.is_system:
        return
    for record in (*session.new, *session.dirty):
        into = record.__dict__.get("merged_into_id") if isinstance(record, _MERGED) else None
        moves = isinstance(into, int) and get_history(record, "merged_into_id").has_changes()
        if isinstance(into, int) and not moves and session.is_modified(record):
            raise InvalidState(CLOSED)
        if record in session.new and _hangs_on_merged(session, record):
            raise InvalidState(CLOSED)


def _hangs_on_merged(session: Session, record: Any) -> bool:
    """A new row of a case that was given up, as far as the case is at hand: its doors load it."""
    held = [record.__dict__.get(name) for model, name in children(Case) if type(record) is model]
    cases = [session.identity_map.get(identity_key(Case, key)) for key in held if key is not None]
    return any(case is not None and _into(case) is not None for case in cases)
