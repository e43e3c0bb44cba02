"""Which roles there are, what they have in common, and what an institution is let do.

What each role may is the table in ``roles.py``; who reads this module alone learns no right.
"""

import enum
from collections.abc import Mapping


class RoleName(enum.StrEnum):
    """Stored with the account; the ID種別 of R29."""

    HEALTH_CENTRE_CLERK = "health_centre_clerk"
    HEALTH_CENTRE_NURSE = "health_centre_nurse"
    CLINIC = "clinic"
    HOSPITAL = "hospital"
    HOTEL = "hotel"
    FOLLOW_UP_CONTRACTOR = "follow_up_contractor"
    AUTHORITY_SUPERVISOR = "authority_supervisor"
    PREFECTURE_SUPERVISOR = "prefecture_supervisor"
    INFORMATION_CENTRE = "information_centre"
    LABORATORY = "laboratory"
    NATIONAL_INSTITUTE = "national_institute"
    MINISTRY = "ministry"
    ID_ADMINISTRATOR = "id_administrator"
    DATA_PROTECTION = "data_protection"
    QUARANTINE_STATION = "quarantine_station"
    HOUSEHOLD = "household"
    SYSTEM = "system"


WITHOUT_ACCOUNT = frozenset({RoleName.HOUSEHOLD, RoleName.SYSTEM})
"""Who acts without ever signing in: the people behind a patient's link, jobs and commands."""
ACCOUNT_ROLES = tuple(role for role in RoleName if role not in WITHOUT_ACCOUNT)
"""The roles an account can hold (ID種別)."""


HEALTH_CENTRE_ROLES = frozenset({RoleName.HEALTH_CENTRE_CLERK, RoleName.HEALTH_CENTRE_NURSE})
ADMINISTRATIVE_ROLES = HEALTH_CENTRE_ROLES | {
    RoleName.AUTHORITY_SUPERVISOR,
    RoleName.PREFECTURE_SUPERVISOR,
    RoleName.MINISTRY,
    RoleName.QUARANTINE_STATION,
}
"""Public bodies with the duty itself; everybody else needs its institution to be let in (R24)."""


class Entry(enum.StrEnum):
    """What an institution outside the administration is let do in the portal (R24, R34).

    Given per institution on the screen; a role's doors below open only where it is given.
    """

    NOTIFICATION = "notification"
    LAB_RESULT = "lab_result"
    CARE = "care"
    OBSERVATION = "observation"
    PAPER = "paper"
    """Typing the notifications of bundles it was given, and nothing else of them."""
    CASE_DATA = "case_data"


_READING = frozenset({"list", "show", "history"})
_ENTERED: Mapping[str, frozenset[Entry]] = {
    "notification": frozenset({Entry.NOTIFICATION}),
    "daily_report": frozenset({Entry.NOTIFICATION}),
    "lab_test": frozenset({Entry.LAB_RESULT}),
    "lab_result": frozenset({Entry.LAB_RESULT}),
    "suspicion": frozenset({Entry.LAB_RESULT}),
    "stay": frozenset({Entry.CARE}),
    "treatment": frozenset({Entry.CARE}),
    "hospital_course": frozenset({Entry.CARE}),
    "observation": frozenset({Entry.OBSERVATION}),
    "observation_plan": frozenset({Entry.OBSERVATION}),
    "board": frozenset({Entry.OBSERVATION}),
    # Bundles of follow-up sheets, or of notifications: what lies in it, the bundle tells.
    "paper_bundle": frozenset({Entry.OBSERVATION, Entry.PAPER}),
}
_NONE: frozenset[Entry] = frozenset()
DATA_ROLES = frozenset(
    {RoleName.INFORMATION_CENTRE, RoleName.LABORATORY, RoleName.NATIONAL_INSTITUTE}
)
"""Roles that read cases of their area to check the data, where that was granted."""
_DATA = frozenset({"case", "lab_test"})


def entries_needed(role: RoleName, action: str, resource: str) -> frozenset[Entry]:
    """The entries of which an actor's institution must have been given one for ``resource:action``.

    Entering and changing of each kind needs its own; what was entered stays readable without.
    For the roles that check data, reading itself is what is granted. Empty: the role suffices.
    """
    if role in ADMINISTRATIVE_ROLES or role in WITHOUT_ACCOUNT:
        return _NONE
    if role in DATA_ROLES and resource in _DATA:
        return frozenset({Entry.CASE_DATA})
    return _NONE if action in _READING else _ENTERED.get(resource, _NONE)
