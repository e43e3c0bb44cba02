"""What a new form begins with: the clinic's particulars, its last habits, the family's address."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from app.core import clock
from app.core.db import db
from app.institutions.models import Institution
from app.notifications.document import values_of
from app.notifications.layout import COVID_19
from app.notifications.models import Notification
from app.notifications.queries import last_sent_by
from app.security.actor import Actor
from app.security.roles import HEALTH_CENTRE_ROLES

HOUSEHOLD: Final = (
    "postal_code",
    "address",
    "home_phone",
    "guardian_name",
    "guardian_address",
    "guardian_phone",
    "responsible_centre_id",
)
"""What people who live together share (発生届 7, 9, 10)."""


def starting_values(
    actor: Actor, relative: Notification | None = None, family: str = COVID_19
) -> dict[str, Any]:
    """Values by field for a new form of this actor for a disease.

    Args:
        relative: a notification of somebody of the same household, already sent.
    """
    start: dict[str, Any] = {"reported_on": clock.today()}
    start |= particulars_of(actor) | _habits(actor, family)
    return start | (_household(relative) if relative is not None else {})


def particulars_of(actor: Actor) -> dict[str, Any]:
    """The same in every notification of this clinic; a health centre types for others."""
    own: Institution | None = db.session.get(Institution, actor.institution_id)
    if own is None or actor.role in HEALTH_CENTRE_ROLES:
        return {}
    return {
        "institution_name": own.name,
        "institution_address": own.address,
        "institution_phone": own.phone,
    }


def _habits(actor: Actor, family: str) -> dict[str, Any]:
    """The doctor, and the method and specimen of the last diagnosis."""
    if actor.role in HEALTH_CENTRE_ROLES:
        return {}
    last = last_sent_by(actor, family)
    if last is None:
        return {}
    start: dict[str, Any] = {"doctor_name": last.doctor_name}
    if family != COVID_19:
        return start
    tests: Sequence[Mapping[str, Any]] = (
        values_of(last.snapshot)["lab_tests"] if last.snapshot else ()
    )
    if len(tests) == 1:
        method = tests[0]["method"]
        start["diagnosis_methods"] = (method,)
        start[f"test_{method}_specimen"] = tests[0].get("specimen")
    return start


def _household(relative: Notification) -> dict[str, Any]:
    values = values_of(relative.snapshot) if relative.snapshot else {}
    return {name: values[name] for name in HOUSEHOLD if values.get(name) is not None}
