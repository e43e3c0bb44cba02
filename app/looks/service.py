"""Noting what came of an unusual look."""

from flask_babel import lazy_gettext as _l

from app.core import clock
from app.core.errors import NotAllowed
from app.core.transaction import transaction
from app.looks.models import UnusualLook
from app.looks.queries import unusual_or_404
from app.security.actor import Actor
from app.security.rights import require


def note_unusual(found: UnusualLook, note: str | None, *, by: Actor) -> None:
    """Write down who asked and what came of it; a second time changes nothing.

    Raises:
        NotAllowed: the role does not check looks, or they are the actor's own.
        NotVisible: somebody else oversees the user.
    """
    require(by, "unusual", "look")
    unusual_or_404(by, found.id)
    if found.user_id == by.user_id:
        raise NotAllowed(_l("Somebody else has to take note of this."))
    if found.acknowledged_at is not None:
        return
    with transaction():
        found.acknowledged_at = clock.now()
        found.acknowledged_by_user_id, found.acknowledged_by = by.user_id, by.name
        found.note = note
