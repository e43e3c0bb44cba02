"""The access matrix: one row per role. The only place where rights are given.

Printed in ``docs/access-matrix.md``; walked by ``tests/access``. Which *rows* a role meets
is said beside each model (its row law); this table says which doors it may open and which
classes of item it may read and write. What is not here is denied.
"""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field

from app.core.items import Privacy
from app.core.labels import Label


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
    SYSTEM = "system"


IDENTITY = frozenset({Privacy.NAME, Privacy.TELEPHONE, Privacy.IDENTIFYING})
COUNTED = frozenset({Privacy.EPIDEMIOLOGICAL, Privacy.OPERATIONAL})
MEDICAL = frozenset({Privacy.CLINICAL, Privacy.OBSERVATION})
EVERYTHING = IDENTITY | COUNTED | MEDICAL


@dataclass(frozen=True, slots=True)
class Role:
    """What one role may do: doors (resource → actions) and item classes."""

    label: Label
    reads: frozenset[Privacy]
    writes: frozenset[Privacy]
    doors: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def may(self, action: str, resource: str) -> bool:
        """True when the role holds ``resource:action``."""
        return action in self.doors.get(resource, frozenset())


def _doors(**doors: str) -> dict[str, frozenset[str]]:
    return {resource: frozenset(actions.split()) for resource, actions in doors.items()}


# Every signed-in person: the front page, own account, reading the dictionary of items.
_COMMON = _doors(
    home="show",
    dictionary="show",
    lookup="show",
    institution="list show",
    disease="list show",
)

_HEALTH_CENTRE = _COMMON | _doors(
    case="list show add edit relate export",
    person="show edit",
    notification="list show add edit accept return",
    case_access="list",
    lab_test="list show add edit",
    stay="list show add edit",
    treatment="list show add edit",
    activity="list show add edit",
    contact="list show add edit convert",
    exposure="list show add edit",
    observation="list show add edit delete",
    statistics="show download",
    job="list show download",
)

ROLES: Mapping[RoleName, Role] = {
    RoleName.HEALTH_CENTRE_CLERK: Role(
        Label("保健所 事務", "Health centre clerk"), EVERYTHING, EVERYTHING, _HEALTH_CENTRE
    ),
    RoleName.HEALTH_CENTRE_NURSE: Role(
        Label("保健所 保健師", "Health centre nurse"), EVERYTHING, EVERYTHING, _HEALTH_CENTRE
    ),
    RoleName.CLINIC: Role(
        Label("外来医療機関", "Outpatient clinic"),
        EVERYTHING,
        EVERYTHING,
        _COMMON
        | _doors(
            case="list show",
            person="show",
            notification="list show add edit",
            lab_test="list show add edit",
            observation="list show",
        ),
    ),
    RoleName.HOSPITAL: Role(
        Label("入院医療機関", "Inpatient hospital"),
        EVERYTHING,
        EVERYTHING,
        _COMMON
        | _doors(
            case="list show",
            person="show",
            notification="list show add edit",
            lab_test="list show add edit",
            stay="list show add edit",
            treatment="list show add edit",
            observation="list show add edit",
        ),
    ),
    RoleName.HOTEL: Role(
        Label("宿泊療養施設", "Hotel"),
        frozenset({Privacy.NAME, Privacy.TELEPHONE, Privacy.OBSERVATION, *COUNTED}),
        frozenset({Privacy.OBSERVATION, Privacy.OPERATIONAL}),
        _COMMON | _doors(case="list show", person="show", observation="list show add edit"),
    ),
    RoleName.FOLLOW_UP_CONTRACTOR: Role(
        Label("健康フォローアップ受託機関", "Follow-up contractor"),
        frozenset({Privacy.NAME, Privacy.TELEPHONE, Privacy.OBSERVATION, *COUNTED}),
        frozenset({Privacy.OBSERVATION, Privacy.OPERATIONAL}),
        _COMMON | _doors(case="list show", person="show", observation="list show add edit"),
    ),
    RoleName.AUTHORITY_SUPERVISOR: Role(
        Label("保健所設置自治体 本庁", "Authority headquarters"),
        COUNTED | MEDICAL,
        frozenset(),
        _COMMON
        | _doors(
            case="list show export",
            lab_test="list show",
            stay="list show",
            statistics="show download",
            job="list show download",
        ),
    ),
    RoleName.PREFECTURE_SUPERVISOR: Role(
        Label("都道府県 本庁", "Prefecture headquarters"),
        COUNTED | MEDICAL,
        frozenset(),
        _COMMON
        | _doors(
            case="list show export",
            lab_test="list show",
            stay="list show",
            statistics="show download",
            job="list show download",
        ),
    ),
    RoleName.INFORMATION_CENTRE: Role(
        Label("地方感染症情報センター", "Infectious-disease information centre"),
        COUNTED | MEDICAL,
        frozenset(),
        _COMMON
        | _doors(
            case="list show",
            lab_test="list show",
            statistics="show download",
            job="list show download",
        ),
    ),
    RoleName.LABORATORY: Role(
        Label("地方衛生研究所", "Public-health laboratory"),
        COUNTED | MEDICAL,
        frozenset(),
        _COMMON
        | _doors(
            case="list show",
            lab_test="list show",
            statistics="show download",
            job="list show download",
        ),
    ),
    RoleName.NATIONAL_INSTITUTE: Role(
        Label("国立感染症研究所", "National Institute of Infectious Diseases"),
        COUNTED | MEDICAL,
        frozenset(),
        _COMMON
        | _doors(
            case="list show",
            lab_test="list show",
            statistics="show download",
            job="list show download",
        ),
    ),
    RoleName.MINISTRY: Role(
        Label("厚生労働省", "Ministry of Health, Labour and Welfare"),
        frozenset({Privacy.OPERATIONAL}),
        frozenset({Privacy.OPERATIONAL}),
        _COMMON | _doors(statistics="show download", job="list show download", surge="show edit"),
    ),
    RoleName.ID_ADMINISTRATOR: Role(
        Label("ID管理者", "ID administrator"),
        frozenset({Privacy.OPERATIONAL}),
        frozenset({Privacy.OPERATIONAL}),
        _COMMON,
    ),
    # Jobs and the command line; no account can hold it.
    RoleName.SYSTEM: Role(Label("システム", "System"), EVERYTHING, EVERYTHING),
}


def role_of(name: RoleName) -> Role:
    """The matrix row of a role."""
    return ROLES[name]
