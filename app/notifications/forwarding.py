"""A notification sent to the wrong health centre goes on to the right one (R109, §2.8).

Returning it would cost the clinic a telephone call; forwarded, it stays submitted, and the
clinic reads where it is.
"""

from flask_babel import lazy_gettext as _l

from app.core import clock
from app.core.errors import InvalidInput, InvalidState
from app.institutions.models import Institution
from app.notifications.correction import readdress
from app.notifications.models import Notification
from app.notifications.steps import changing, reason_of, require_addressee, standing
from app.security.actor import Actor
from app.security.rights import require


def forward(
    notification: Notification, centre: Institution, reason: str, *, by: Actor
) -> Notification:
    """Hand a waiting notification and its case to another health centre, saying why.

    Raises:
        NotAllowed: it is not addressed to the actor's health centre.
        InvalidState: it is not waiting (any more), or its case was accepted before.
        InvalidInput: no reason, or no (other, open) health centre.
    """
    require(by, "forward", "notification")
    require_addressee(notification, by)
    why = reason_of(reason)
    case = notification.case
    if notification.state != "submitted" or case is None:
        raise InvalidState(standing(notification))
    if case.accepted_at is not None:
        raise InvalidState(
            _l("The case was accepted before. Hand over the case itself to the other centre.")
        )
    if centre.kind != "health_centre" or not centre.active:
        raise InvalidInput({"centre_id": [_l("There is no such health centre.")]})
    if centre.id == notification.responsible_centre_id:
        raise InvalidInput({"centre_id": [_l("The notification is there already.")]})
    with changing(notification, because_of=why):
        notification.forwarded_from_id = notification.responsible_centre_id
        notification.forwarded_at = clock.now()
        notification.forwarded_reason = why
        notification.responsible_centre_id = centre.id
        readdress(case, centre, by=by)
    return notification
