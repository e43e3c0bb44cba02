"""Drafts: what was typed, kept as typed until it is submitted or thrown away."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l

from app.core import clock
from app.core.errors import InvalidInput
from app.core.transaction import transaction
from app.institutions.diseases import Disease
from app.notifications.layout import COVID_19, form_version_on
from app.notifications.models import Notification
from app.notifications.parties import disease_on
from app.notifications.steps import require_draft
from app.persons.models import Person
from app.security.actor import Actor
from app.security.rights import require
from app.security.roles import HEALTH_CENTRE_ROLES

DRAFT_LENGTH = 200_000


def save_draft(
    values: Mapping[str, list[str]],
    *,
    by: Actor,
    draft: Notification | None = None,
    family: str = COVID_19,
    person: Person | None = None,
) -> Notification:
    """Keep what was typed exactly as typed, right or wrong.

    Args:
        family: the disease of a new draft.
        person: whom a new draft is about, when the portal knows them already.

    Raises:
        InvalidState: ``draft`` was submitted meanwhile.
        InvalidInput: more text than a form can hold.
    """
    require(by, "add", "notification")
    if sum(len(text) for texts in values.values() for text in texts) > DRAFT_LENGTH:
        raise InvalidInput({}, _l("The text is too long to be kept as a draft."))
    with transaction() as session:
        if draft is None:
            draft = begun(by, disease_on(family, clock.today()))
            draft.person = person
            session.add(draft)
        require_draft(draft, by)
        draft.draft = dict(values)
        draft.form_version = form_version_on(clock.today(), draft.disease.family)
        session.flush()
    return draft


def discard_draft(draft: Notification, *, by: Actor) -> None:
    """Throw a draft away; history keeps that it was.

    Raises:
        InvalidState: it was submitted meanwhile.
    """
    with transaction() as session:
        require_draft(draft, by)
        session.delete(draft)


def begun(by: Actor, disease: Disease | None) -> Notification:
    """A notification nobody has typed anything into yet."""
    return Notification(
        state="draft",
        disease=disease,
        institution_id=by.institution_id,
        entering_institution_id=by.institution_id if by.role in HEALTH_CENTRE_ROLES else None,
        created_by_user_id=by.user_id,
    )
