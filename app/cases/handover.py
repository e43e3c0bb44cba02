"""The one check of a hand-over: who may name another responsible health centre, and which."""

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import inspect

from app.core.db import db
from app.core.errors import InvalidInput, NotAllowed
from app.institutions.models import Institution
from app.security.actor import Actor

_ITEM = "responsible_centre_id"


@dataclass(frozen=True, slots=True)
class Handover:
    """A changed 担当保健所: the key of the one so far, and the one now named."""

    former_id: int | None
    centre: Institution


def handover_of(record: Any, *, by: Actor, refusal: object) -> Handover | None:
    """The unsaved hand-over of a case or contact; None when its centre is unchanged.

    Raises:
        NotAllowed: the actor is not of the centre responsible so far (``refusal`` says so).
        InvalidInput: not an open health centre.
    """
    change: Any = inspect(record).attrs[_ITEM].history
    if not change.has_changes():
        return None
    former = change.deleted[0] if change.deleted else None
    if former is not None and not by.is_system and by.institution_id != former:
        raise NotAllowed(refusal, field=_ITEM)
    key = record.responsible_centre_id
    with db.session.no_autoflush:
        centre = None if key is None else db.session.get(Institution, key)
    if centre is None or centre.kind != "health_centre" or not centre.active:
        raise InvalidInput({_ITEM: [_l("There is no such health centre.")]})
    return Handover(former, centre)
