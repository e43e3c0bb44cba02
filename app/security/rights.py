"""The access matrix as a question: may this actor do that?"""

from flask_babel import lazy_gettext as _l

from app.core.errors import NotAllowed
from app.security.actor import Actor
from app.security.roles import entries_needed, role_of


def holds(by: Actor | None, action: str, resource: str) -> bool:
    """True when the role of ``by`` holds ``resource:action`` and its institution was let do it.

    Nobody does nothing, the system all. A key for programs does it as far as its scopes go.
    """
    if by is None or by.is_system:
        return by is not None
    needed = entries_needed(by.role, action, resource)
    given = not needed or not needed.isdisjoint(by.entries)
    within = given and by.within_scopes(action, resource)
    return within and role_of(by.role).may(action, resource)


def require(by: Actor, action: str, resource: str) -> None:
    """Raises NotAllowed unless ``by`` holds ``resource:action``; the sentence says what lacks."""
    if holds(by, action, resource):
        return
    if role_of(by.role).may(action, resource):
        raise NotAllowed(_l("Your institution has not been given this right in the portal."))
    raise NotAllowed(_l("Your role may not do this."))
