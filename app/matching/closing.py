"""A person made one with another is closed: its page says so, and no door writes into it."""

from typing import Any

from flask import g, has_request_context, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import get_history

from app.core.errors import InvalidState
from app.core.listeners import listen_once
from app.core.pages import Action
from app.generated.notices import Notice, page_notice
from app.generated.refusals import closed_by
from app.persons.models import Person
from app.security.actor import Actor, current_actor

CLOSED = _l("This record was made one with another. Work with that one.")


def install_merged(session: Any) -> None:
    """Hold it at every flush, whichever door the change came through."""
    listen_once(session, "before_flush", _refuse_merged)


@closed_by
def why_merged(record: Any) -> object | None:
    """The sentence for a person that was made one with another; None while it stands alone."""
    # Not everybody may read the number; who may not is shown no button anyway.
    if not isinstance(record, Person) or not isinstance(record.merged_into_id, int):
        return None
    if has_request_context():
        g.merged_person = record
    return CLOSED


@page_notice
def notices(actor: Actor) -> list[Notice]:
    """統合済み, above the page of the emptied record: where everything is now."""
    record = g.get("merged_person")
    if record is None:
        return []
    there = url_for("PersonView.show", pk=record.merged_into_id)
    text = _("Its records and values are with the one that stayed; the history is kept here.")
    return [Notice(text, "info", _("Made one with another"), (Action(_("Open that one"), there),))]


def _refuse_merged(session: Session, _context: Any, _instances: Any) -> None:
    actor = current_actor()
    if actor is None or actor.is_system:
        return
    for record in session.dirty:
        into = record.__dict__.get("merged_into_id") if isinstance(record, Person) else None
        if not isinstance(into, int):
            continue
        moves = get_history(record, "merged_into_id").has_changes()
        if not moves and session.is_modified(record):
            raise InvalidState(CLOSED)
