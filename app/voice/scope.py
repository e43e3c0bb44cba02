"""Which automatic calls exist for whom: those to people a health centre meets."""

from sqlalchemy import ColumnElement, false, or_

from app.audit.history import historied
from app.cases.scope import of_visible_case
from app.contacts.scope import of_visible_contact
from app.followup.scope import before_visible_case
from app.security.actor import Actor
from app.security.roles import HEALTH_CENTRE_ROLES
from app.security.rows import row_law
from app.voice.models import VoiceCall


@row_law(VoiceCall)
def visible_calls(actor: Actor) -> ColumnElement[bool]:
    """Calls to people of visible cases and contacts, and to what visible cases were before."""
    if actor.role not in HEALTH_CENTRE_ROLES:
        return false()
    return or_(
        of_visible_case(actor, VoiceCall.case_id),
        of_visible_contact(actor, VoiceCall.contact_id),
        before_visible_case(actor, VoiceCall.contact_id),
    )


historied(VoiceCall, as_="voice_call", case="case_id", shown_with_case=True)
