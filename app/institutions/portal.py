"""Who outside the administration may use the portal, and what they may enter (R24, R34).

Decided per institution by whoever manages it; who, when and why stands in its history.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.audit.history import because
from app.audit.models import HistoryEntry
from app.audit.signing import writers_of
from app.core.db import db
from app.core.errors import InvalidInput, InvalidState
from app.core.transaction import transaction
from app.institutions.models import Institution
from app.institutions.rules import entries_of, needs_letting_in
from app.institutions.service import reason_of
from app.institutions.tree import require_managed
from app.security.actor import Actor

_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Decision:
    """One change of the use: what held from then on, decided by whom and why."""

    at: datetime
    who: str
    on: bool
    entries: tuple[str, ...]
    reason: str


def decide_use(
    institution: Institution, *, on: bool, entries: Collection[str], reason: str, by: Actor
) -> None:
    """Let the institution in, or shut it out: its open sessions end with their next click.

    Raises:
        NotAllowed: the actor's institution does not manage this one.
        InvalidState: a public body, which needs no letting in.
        InvalidInput: no reason, or an entry its kind cannot be given.
    """
    require_managed(by, institution, "switch")
    if not needs_letting_in(institution.kind):
        raise InvalidState(_l("Public bodies use the portal without being let in."))
    said = reason_of(reason)
    possible = entries_of(institution.kind)
    if not set(entries) <= set(possible):
        raise InvalidInput({"entries": [_l("Choose among the values in the list.")]})
    with because(said), transaction():
        institution.portal_on = on
        institution.portal_entries = tuple(e for e in possible if e in entries) if on else ()


def decisions_about(institution: Institution) -> Sequence[Decision]:
    """The latest decisions, newest first; the registration is the first of all."""
    statement = (
        select(HistoryEntry)
        .where(
            HistoryEntry.record_type == "institution",
            HistoryEntry.record_id == institution.id,
        )
        .order_by(HistoryEntry.id)
    )
    on, entries, found = False, (), []
    found_entries = db.session.scalars(statement).all()
    who = writers_of(found_entries)
    for entry in found_entries:
        changes = entry.changes
        if not {"portal_on", "portal_entries"} & changes.keys():
            continue
        on = bool(changes.get("portal_on", (None, on))[1])
        entries = tuple(changes.get("portal_entries", (None, entries))[1] or ())
        found.append(Decision(entry.at, who(entry), on, entries, entry.reason or ""))
    return found[::-1][:_SHOWN]
