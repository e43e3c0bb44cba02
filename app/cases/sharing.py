"""関係保健所: the responsible health centre lets another one meet a case at once (R84, R108)."""

from flask_babel import lazy_gettext as _l

from app.audit.causes import reason
from app.audit.history import because
from app.cases.handover import handover_of
from app.cases.models import Case, CaseAccess
from app.cases.service import end_access, grant_access, set_responsible_centre
from app.core.db import db
from app.core.errors import InvalidInput, InvalidState, NotAllowed
from app.core.labels import Label
from app.core.transaction import transaction
from app.institutions.models import Institution
from app.security.actor import Actor
from app.security.rights import holds

RELATED = reason("centre_related", Label("関係保健所の追加", "Related health centre"))
RELATED_ENDED = reason(
    "centre_related_ended", Label("関係保健所の解除", "Related health centre ended")
)


def may_share(case: Case, by: Actor) -> bool:
    """True for staff of the responsible health centre whose role relates centres to cases."""
    responsible = by.is_system or by.institution_id == case.responsible_centre_id
    return responsible and holds(by, "relate", "case")


def set_related_centre(case: Case, centre: Institution, *, by: Actor) -> CaseAccess:
    """Let ``centre`` meet the case from now on, with everything that hangs on it.

    Raises:
        NotAllowed: the actor is not of the responsible health centre.
        InvalidInput: not an open health centre, or one that meets the case already.
    """
    _require(case, by)
    if centre.kind != "health_centre" or not centre.active:
        raise InvalidInput({"centre_id": [_l("There is no such health centre.")]})
    if centre.id == case.responsible_centre_id:
        raise InvalidInput({"centre_id": [_l("This health centre is responsible for the case.")]})
    with because(RELATED()), transaction():
        return grant_access(case, centre.id, "related", by=by)


def end_related_centre(access: CaseAccess, *, by: Actor) -> None:
    """Let a related health centre meet the case no longer.

    Raises:
        NotAllowed: the actor is not of the responsible health centre.
        InvalidState: the institution meets the case for another reason.
    """
    case = db.session.get(Case, access.case_id)
    if case is None:
        raise NotAllowed(_l("Your role may not do this."))
    _require(case, by)
    if access.role != "related":
        raise InvalidState(_l("Only a related health centre can be taken off the case."))
    with because(RELATED_ENDED()), transaction():
        end_access(case, access.institution_id, by=by)


def hand_over_if_changed(case: Case, *, by: Actor) -> None:
    """Do what follows when a form has set another responsible health centre on ``case``.

    Only the centre that answers for the case gives it away: whoever else meets it could take
    it over, and then let anybody in. Authority and access follow the centre (R84, R109).

    Raises:
        NotAllowed: the actor is not of the centre responsible so far.
        InvalidInput: not an open health centre.
    """
    refusal = _l("Only the responsible health centre hands a case over.")
    handover = handover_of(case, by=by, refusal=refusal)
    if handover is None:
        return
    case.responsible_centre_id = handover.former_id
    set_responsible_centre(case, handover.centre, by=by)


def _require(case: Case, by: Actor) -> None:
    if not may_share(case, by):
        raise NotAllowed(_l("Only the responsible health centre relates others to a case."))
