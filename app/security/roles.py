"""The access matrix: one row per role. The only place where rights are given.

Printed in ``docs/access-matrix.md``; walked by ``tests/access``. Which *rows* a role meets
is said beside each model (its row law); this table says which doors it may open and which
classes of item it may read and write. What is not here is denied.
"""

from collections.abc import Mapping

from app.core.items import Privacy
from app.core.labels import Label
from app.security.door_groups import (
    CARE_OUTSIDE,
    CENTRE,
    CHAINS,
    CHECKING,
    COMMON,
    FIGURES,
    NOTIFYING,
    OVERSIGHT,
    RECEIVING,
)
from app.security.item_classes import COUNTED, EVERYTHING, IDENTITY, MASTER, MEDICAL
from app.security.role_doors import Role, doors
from app.security.role_names import (
    ACCOUNT_ROLES,
    ADMINISTRATIVE_ROLES,
    DATA_ROLES,
    HEALTH_CENTRE_ROLES,
    WITHOUT_ACCOUNT,
    Entry,
    RoleName,
    entries_needed,
)

# Whoever asks about roles finds their names here, beside what they may.
__all__ = [
    "ACCOUNT_ROLES",
    "ADMINISTRATIVE_ROLES",
    "COUNTED",
    "DATA_ROLES",
    "EVERYTHING",
    "HEALTH_CENTRE_ROLES",
    "IDENTITY",
    "MASTER",
    "MEDICAL",
    "ROLES",
    "WITHOUT_ACCOUNT",
    "Entry",
    "Role",
    "RoleName",
    "entries_needed",
    "role_of",
]


_MEDICAL_INSTITUTION = IDENTITY | COUNTED | MEDICAL | {Privacy.GUARDIAN}
# §2: name, age, telephone, room; observations. No date of birth, no family, nothing to count.
_ASSIGNED = MASTER | {
    Privacy.NAME,
    Privacy.TELEPHONE,
    Privacy.PROFILE,
    Privacy.OBSERVATION,
    Privacy.OPERATIONAL,
}


_HEALTH_CENTRE = CENTRE | doors(
    case="list show add edit relate export history revert",
    person="show edit history revert",
    notification="list show add edit accept return history forward",
    case_access="history list",
    daily_report="list show export",
    lab_test="list show add edit history revert",
    stay="list show add edit history revert",
    treatment="list show add edit history revert",
    hospital_course="edit",
    activity="list show add edit history revert",
    contact="list show add edit convert notify history revert",
    exposure="list show add edit history revert",
    chain="show export places",
    cluster="list show add edit export history revert",
    cluster_member="list show add edit delete history",
    observation="list show add edit delete history revert",
    observation_plan="show edit hand_over history",
    board="list call assign overview",
    institution="list show history",
    disease="list show history",
    suspicion="clear",
    break_glass="open list acknowledge",
    retention_rule="list show",
    retention_entry="list show",
    retention_hold="list show add history",
    institution_tree="show",
    centre_area="show",
    paper_scan="list show add edit check",
    message="list send",
    message_template="list",
    patient_link="list show edit",
    voice_call="list show",
    processing_number="issue",
    returnee="list show take history",
    paper_bundle="list show add edit type check history",
    match_pair="list show decide",
)

ROLES: Mapping[RoleName, Role] = {
    # Registering institutions and letting them in is clerical work; nurses look.
    RoleName.HEALTH_CENTRE_CLERK: Role(
        Label("保健所 事務", "Health centre clerk"),
        EVERYTHING,
        EVERYTHING,
        _HEALTH_CENTRE
        | doors(
            institution="list show add edit close switch history",
            retention_hold="list show add release history",
            message_template="list edit",
            table="list add edit",
            import_batch="list show add edit apply undo export",
            match_pair="list show decide merge undo",
        ),
        sees_all_history=True,
    ),
    RoleName.HEALTH_CENTRE_NURSE: Role(
        Label("保健所 保健師", "Health centre nurse"),
        EVERYTHING,
        EVERYTHING,
        # Looks at what was taken in; taking in and applying is clerical work.
        _HEALTH_CENTRE | doors(import_batch="list show"),
        sees_all_history=True,
    ),
    RoleName.CLINIC: Role(
        Label("外来医療機関", "Outpatient clinic"),
        _MEDICAL_INSTITUTION,
        _MEDICAL_INSTITUTION - {Privacy.OBSERVATION, Privacy.PUBLIC},
        COMMON
        | doors(
            case="list show history",
            person="show history",
            notification="list show add edit history",
            daily_report="list show add edit history",
            lab_test="list show add edit history revert",
            suspicion="clear",
            observation="list show",
        )
        | NOTIFYING,
    ),
    RoleName.HOSPITAL: Role(
        Label("入院医療機関", "Inpatient hospital"),
        _MEDICAL_INSTITUTION,
        _MEDICAL_INSTITUTION - MASTER,
        COMMON
        | doors(
            case="list show history",
            person="show history",
            notification="list show add edit history",
            daily_report="list show add edit history",
            lab_test="list show add edit history revert",
            suspicion="clear",
            stay="list show add edit history revert",
            treatment="list show add edit history revert",
            hospital_course="edit",
            observation="list show add edit history revert",
            break_glass="open",
            bed_report="list show add edit history",
        )
        | RECEIVING
        | NOTIFYING,
    ),
    RoleName.HOTEL: Role(
        Label("宿泊療養施設", "Hotel"),
        _ASSIGNED,
        frozenset({Privacy.OBSERVATION, Privacy.OPERATIONAL}),
        COMMON | CARE_OUTSIDE | RECEIVING | doors(hotel_room="list show add edit history"),
    ),
    RoleName.FOLLOW_UP_CONTRACTOR: Role(
        Label("健康フォローアップ受託機関", "Follow-up contractor"),
        _ASSIGNED,
        frozenset({Privacy.OBSERVATION, Privacy.OPERATIONAL}),
        # Follow-up sheets on paper that it was given to type.
        COMMON | CARE_OUTSIDE | doors(paper_bundle="list show type"),
    ),
    RoleName.AUTHORITY_SUPERVISOR: Role(
        Label("保健所設置自治体 本庁", "Authority headquarters"),
        COUNTED | MEDICAL,
        # Operational: the steps of the coordination; they have no form of a case.
        MASTER | {Privacy.OPERATIONAL},
        COMMON | OVERSIGHT | CHAINS | doors(patient_page_rule="list show add edit history"),
        sees_all_history=True,
    ),
    RoleName.PREFECTURE_SUPERVISOR: Role(
        Label("都道府県 本庁", "Prefecture headquarters"),
        COUNTED | MEDICAL,
        # Operational: the steps of the coordination; they have no form of a case.
        MASTER | {Privacy.OPERATIONAL},
        # Who follows somebody whose municipality the list does not tell; without identity.
        COMMON | OVERSIGHT | CHAINS | doors(returnee="assign"),
        sees_all_history=True,
    ),
    RoleName.INFORMATION_CENTRE: Role(
        Label("地方感染症情報センター", "Infectious-disease information centre"),
        COUNTED | MEDICAL,
        frozenset(),
        COMMON | CHECKING | CHAINS,
    ),
    RoleName.LABORATORY: Role(
        Label("地方衛生研究所", "Public-health laboratory"),
        COUNTED | MEDICAL,
        # Results of the tests sent to it, and nothing else: no other door of its writes.
        frozenset({Privacy.CLINICAL}),
        COMMON | CHECKING | doors(lab_result="list edit"),
    ),
    RoleName.NATIONAL_INSTITUTE: Role(
        Label("国立感染症研究所", "National Institute of Infectious Diseases"),
        COUNTED | MEDICAL,
        frozenset(),
        COMMON | CHECKING | CHAINS,
    ),
    RoleName.MINISTRY: Role(
        Label("厚生労働省", "Ministry of Health, Labour and Welfare"),
        MASTER | {Privacy.OPERATIONAL},
        MASTER | {Privacy.OPERATIONAL},
        COMMON
        | FIGURES
        | doors(
            care_survey="show",
            surge="show edit",
            retention_rule="list show history",
            disease="list show edit history",
            institution="list show switch",
            institution_tree="show",
            disease_option="list show add edit delete history",
            variant="list show add edit history",
        ),
    ),
    RoleName.ID_ADMINISTRATOR: Role(
        Label("ID管理者", "ID administrator"),
        MASTER | {Privacy.OPERATIONAL},
        # A workbook brings new institutions along; no door changes those that exist.
        MASTER | {Privacy.OPERATIONAL},
        COMMON
        | doors(
            institution="list show history",
            institution_tree="show",
            account="list show add edit import print",
            account_review="list edit",
            look="list number unusual export",
            api_key="list show add revoke",
            job="list show download",
        ),
        sees_all_history=True,
    ),
    # Answers "who saw this patient, who changed this, on what ground": needs the name to find
    # the person somebody asks about and sex, age and place to tell two of one name apart;
    # no address, no telephone, nothing of the illness. Decides how long identity is kept and what
    # is held; the items of both are public or operational.
    RoleName.DATA_PROTECTION: Role(
        Label("個人情報保護担当", "Data-protection officer"),
        frozenset({Privacy.NAME, *COUNTED}),
        MASTER | {Privacy.OPERATIONAL},
        COMMON
        | doors(
            look="list number person unusual export",
            break_glass="list acknowledge",
            retention_rule="list show add edit delete history",
            retention_entry="list show",
            retention_hold="list show add release history",
            job="list show download",
        ),
    ),
    # Sends the list of each day with what arrivals answered (R106, R149), and sees how many of
    # its own are followed: no contact, no observation, no case.
    RoleName.QUARANTINE_STATION: Role(
        Label("検疫所", "Quarantine station"),
        IDENTITY | COUNTED | {Privacy.CLINICAL},
        IDENTITY | COUNTED | {Privacy.CLINICAL},
        COMMON
        | doors(
            returnee_list="list add",
            returnee="list show edit history",
            job="list show download",
        ),
    ),
    # The page a patient or contact reports on: the own household's first names and reports, and
    # nothing else of the portal (R33). No account can hold it.
    RoleName.HOUSEHOLD: Role(
        Label("本人・家族（入力ページ）", "Patient or family (reporting page)"),
        frozenset({Privacy.NAME, Privacy.OBSERVATION, Privacy.OPERATIONAL, Privacy.PUBLIC}),
        frozenset({Privacy.OBSERVATION, Privacy.OPERATIONAL}),
        doors(observation="add"),
    ),
    # Jobs and the command line; no account can hold it.
    RoleName.SYSTEM: Role(Label("システム", "System"), EVERYTHING, EVERYTHING),
}


def role_of(name: RoleName) -> Role:
    """The matrix row of a role."""
    return ROLES[name]
