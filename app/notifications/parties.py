"""Between whom a notification passes, and about which disease."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l

from app.core.db import db
from app.core.errors import InvalidInput
from app.institutions.diseases import Disease
from app.institutions.models import Institution
from app.institutions.queries import disease_in_force
from app.notifications.places import Residence
from app.security.actor import Actor
from app.security.roles import HEALTH_CENTRE_ROLES


def notifier_of(values: Mapping[str, Any], by: Actor) -> Institution:
    """The reporting institution: the actor's own; a health centre may type for another (R25)."""
    chosen = (
        values.get("institution_id") if by.role in HEALTH_CENTRE_ROLES or by.is_system else None
    )
    found: Institution | None = db.session.get(Institution, chosen or by.institution_id)
    if found is None:
        raise InvalidInput({"institution_id": [_l("There is no such institution.")]})
    return found


def addressee_of(values: Mapping[str, Any], home: Residence) -> Institution:
    """The health centre named by the doctor, else the one in charge of the address."""
    chosen = values.get("responsible_centre_id")
    centre = db.session.get(Institution, chosen) if chosen is not None else home.centre
    if centre is None or centre.kind != "health_centre" or not centre.active:
        raise InvalidInput({"responsible_centre_id": [_l("There is no such health centre.")]})
    return centre


def disease_on(family: str, day: date) -> Disease:
    """The row of a disease in force on a day. Raises InvalidInput: it was not notifiable then."""
    disease = disease_in_force(family, on=day)
    if disease is None:
        raise InvalidInput({"reported_on": [_l("The disease was not notifiable on this day.")]})
    return disease
