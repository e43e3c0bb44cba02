"""The access matrix as a question: may this actor do that?"""

from flask_babel import lazy_gettext as _l

from app.core.errors import NotAllowed
from app.security.actor import Actor
from app.security.roles import role_of


def holds(by: Actor | None, action: str, resource: str) -> bool:
    """True when the role of ``by`` holds ``resource:action``; nobody does nothing, the system all.

    A key for programs does what its role may, as far as its scopes go.
    """
    if by is None or by.is_system:
        return by is not None
    return role_of(by.role).may(action, resource) and by.within_scopes(action, resource)


def require(by: Actor, action: str, resource: str) -> None:
    """Raises NotAllowed unless the actor's role holds ``resource:action``."""
    if not holds(by, action, resource):
        raise NotAllowed(_l("Your role may not do this."))
