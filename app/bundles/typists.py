"""In whose name a sheet is typed: a contractor types for the health centre that gave it the paper.

The contractor itself meets no notification: only while one of its own sheets is open does it act
as a clerk of that health centre, under its own user, so that the history names who typed.
"""

from dataclasses import replace

from flask_babel import lazy_gettext as _l

from app.bundles.models import PaperBundle
from app.core.errors import NotAllowed
from app.institutions.models import Institution
from app.security.actor import Actor
from app.security.role_names import Entry
from app.security.roles import RoleName


def typist_of(bundle: PaperBundle, *, by: Actor) -> Actor:
    """The actor who types a notification of the bundle.

    Raises:
        NotAllowed: a contractor that was not given this bundle, or not the duty of paper entry.
    """
    if by.role is not RoleName.FOLLOW_UP_CONTRACTOR:
        return by
    given = bundle.holder_id == by.institution_id and bundle.state in ("received", "typing")
    if not given or Entry.PAPER not in by.entries or bundle.kind != "notification":
        raise NotAllowed(_l("Your institution was not given the notifications of this bundle."))
    centre = bundle.centre
    return replace(
        by,
        role=RoleName.HEALTH_CENTRE_CLERK,
        institution_id=centre.id,
        authority_id=centre.authority_id,
        prefecture_code=centre.prefecture_code,
        entries=frozenset(),
    )


def hindrance(holder: Institution, kind: str) -> object | None:
    """Why an institution other than the health centre may not type such paper; None: it may."""
    given = holder.portal_entries
    if holder.kind != "follow_up_contractor" or not holder.active:
        return _l("Choose your own health centre or a contractor.")
    if kind == "follow_up_sheet":
        if Entry.OBSERVATION in given:
            return None
        return _l("This contractor may type no follow-up sheets: observations were not given.")
    if Entry.PAPER in given:
        return None
    return _l("This contractor may type follow-up sheets only: paper entry was not given to it.")
