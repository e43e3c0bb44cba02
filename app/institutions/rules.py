"""Pure rules of the master data: what may stand below what, codes with check digits."""

import enum
import re
from collections.abc import Mapping
from datetime import date

from app.core.labels import CodeList
from app.security.roles import Entry, RoleName


class InstitutionKind(enum.StrEnum):
    """What an institution is; decides its place in the tree and the ID種別 it may issue."""

    MINISTRY = "ministry"
    NATIONAL_INSTITUTE = "national_institute"
    PREFECTURE_HQ = "prefecture_hq"
    AUTHORITY = "authority"
    HEALTH_CENTRE = "health_centre"
    HOSPITAL = "hospital"
    CLINIC = "clinic"
    TEST_CENTRE = "test_centre"
    HOTEL = "hotel"
    FOLLOW_UP_CONTRACTOR = "follow_up_contractor"
    LABORATORY = "laboratory"
    INFORMATION_CENTRE = "information_centre"
    QUARANTINE_STATION = "quarantine_station"


INSTITUTION_KINDS = CodeList(
    "institution_kind",
    ("ministry", "国（厚生労働省）", "Ministry"),
    ("national_institute", "国立感染症研究所", "National institute"),
    ("prefecture_hq", "都道府県本庁", "Prefecture headquarters"),
    ("authority", "保健所設置自治体", "Authority with health centres"),
    ("health_centre", "保健所", "Health centre"),
    ("hospital", "入院医療機関", "Inpatient hospital"),
    ("clinic", "外来医療機関", "Outpatient clinic"),
    ("test_centre", "地域外来・検査センター", "Test centre"),
    ("hotel", "宿泊療養施設", "Hotel for recuperation"),
    ("follow_up_contractor", "健康フォローアップ受託機関", "Follow-up contractor"),
    ("laboratory", "地方衛生研究所", "Public-health laboratory"),
    ("information_centre", "地方感染症情報センター", "Infectious-disease information centre"),
    ("quarantine_station", "検疫所", "Quarantine station"),
)

MUNICIPALITY_KINDS = CodeList(
    "municipality_kind",
    ("designated_city", "政令指定都市", "Designated city"),
    ("ward", "行政区", "Ward of a designated city"),
    ("special_ward", "特別区", "Special ward"),
    ("city", "市", "City"),
    ("town", "町", "Town"),
    ("village", "村", "Village"),
)

_K = InstitutionKind
_LOCAL = frozenset({_K.PREFECTURE_HQ, _K.AUTHORITY})
_COMMISSIONING = _LOCAL | {_K.HEALTH_CENTRE}

PARENTS: Mapping[InstitutionKind, frozenset[InstitutionKind]] = {
    _K.MINISTRY: frozenset(),
    _K.NATIONAL_INSTITUTE: frozenset({_K.MINISTRY}),
    _K.PREFECTURE_HQ: frozenset({_K.MINISTRY}),
    _K.AUTHORITY: frozenset({_K.PREFECTURE_HQ}),
    _K.HEALTH_CENTRE: frozenset({_K.AUTHORITY}),
    _K.HOSPITAL: frozenset({_K.AUTHORITY, _K.HEALTH_CENTRE}),
    _K.CLINIC: frozenset({_K.AUTHORITY, _K.HEALTH_CENTRE}),
    _K.TEST_CENTRE: frozenset({_K.AUTHORITY, _K.HEALTH_CENTRE}),
    # Hotels and follow-up are commissioned by a prefecture as well as by an authority.
    _K.HOTEL: _COMMISSIONING,
    _K.FOLLOW_UP_CONTRACTOR: _COMMISSIONING,
    _K.LABORATORY: _LOCAL,
    _K.INFORMATION_CENTRE: _LOCAL,
    _K.QUARANTINE_STATION: frozenset({_K.MINISTRY}),
}
"""Which kinds an institution of a kind may stand directly below; empty is the root."""


_R = RoleName
_CARING_FOR_OUTPATIENTS = frozenset({_R.CLINIC})

ROLES_OF_KIND: Mapping[str, frozenset[RoleName]] = {
    kind: roles | {_R.ID_ADMINISTRATOR}
    for kind, roles in {
        _K.MINISTRY: frozenset({_R.MINISTRY}),
        _K.NATIONAL_INSTITUTE: frozenset({_R.NATIONAL_INSTITUTE}),
        _K.PREFECTURE_HQ: frozenset({_R.PREFECTURE_SUPERVISOR, _R.DATA_PROTECTION}),
        _K.AUTHORITY: frozenset({_R.AUTHORITY_SUPERVISOR, _R.DATA_PROTECTION}),
        _K.HEALTH_CENTRE: frozenset(
            {_R.HEALTH_CENTRE_CLERK, _R.HEALTH_CENTRE_NURSE, _R.DATA_PROTECTION}
        ),
        # A hospital notifies outpatients as well as it keeps inpatients.
        _K.HOSPITAL: frozenset({_R.HOSPITAL}) | _CARING_FOR_OUTPATIENTS,
        _K.CLINIC: _CARING_FOR_OUTPATIENTS,
        _K.TEST_CENTRE: _CARING_FOR_OUTPATIENTS,
        _K.HOTEL: frozenset({_R.HOTEL}),
        _K.FOLLOW_UP_CONTRACTOR: frozenset({_R.FOLLOW_UP_CONTRACTOR}),
        _K.LABORATORY: frozenset({_R.LABORATORY}),
        _K.INFORMATION_CENTRE: frozenset({_R.INFORMATION_CENTRE}),
        _K.QUARANTINE_STATION: frozenset({_R.QUARANTINE_STATION, _R.DATA_PROTECTION}),
    }.items()
}
"""Which roles the accounts of an institution of a kind may carry (R29)."""


_CARING = frozenset({"hospital", "clinic", "test_centre"})
_COMMISSIONED = frozenset({"hotel", "follow_up_contractor"})
_EXPERT = frozenset({"laboratory", "information_centre"})

FIRST_ADMINISTRATORS: Mapping[str, frozenset[str]] = {
    "ministry": frozenset({"national_institute", "prefecture_hq", "quarantine_station"}),
    "prefecture_hq": frozenset({"authority"}) | _COMMISSIONED | _EXPERT,
    "authority": frozenset({"health_centre"}) | _CARING | _COMMISSIONED | _EXPERT,
    "health_centre": _CARING | _COMMISSIONED,
}
"""Kind of institution → the kinds directly below it whose *first* administrator its own
administrator issues (R25); everybody else there is issued by that one."""


def may_carry(kind: str, role: str) -> bool:
    """True when an account of an institution of ``kind`` may carry ``role``; unknown: never."""
    if kind not in INSTITUTION_KINDS:
        return False
    return role in ROLES_OF_KIND[kind]


ADMINISTRATIVE_KINDS = frozenset(
    {
        _K.MINISTRY,
        _K.PREFECTURE_HQ,
        _K.AUTHORITY,
        _K.HEALTH_CENTRE,
        _K.QUARANTINE_STATION,
    }
)
"""Public bodies with the duty itself: they use the portal without being let in (R24)."""

_OUTSIDE = frozenset({_K.HOSPITAL, _K.CLINIC, _K.TEST_CENTRE, _K.HOTEL, _K.FOLLOW_UP_CONTRACTOR})
_SET_UP = _OUTSIDE | {_K.HEALTH_CENTRE, _K.LABORATORY, _K.INFORMATION_CENTRE}

MANAGED_BY: Mapping[RoleName, frozenset[InstitutionKind]] = {
    _R.HEALTH_CENTRE_CLERK: _OUTSIDE,
    _R.AUTHORITY_SUPERVISOR: _SET_UP,
    _R.PREFECTURE_SUPERVISOR: _SET_UP,
    _R.MINISTRY: frozenset({_K.NATIONAL_INSTITUTE}),
}
"""The kinds a role registers, corrects, closes, moves and lets into the portal, within its
branch and with the right to that step (``app/security/roles.py``)."""

PORTAL_ENTRIES = CodeList(
    "portal_entry",
    (Entry.NOTIFICATION.value, "発生届の入力", "Notifications"),
    (Entry.LAB_RESULT.value, "検査結果の入力", "Test results"),
    (Entry.CARE.value, "入院・医療行為の入力", "Stays and treatment"),
    (Entry.OBSERVATION.value, "健康観察の入力", "Health observations"),
    (Entry.PAPER.value, "預かった紙の発生届の入力", "Typing notifications of paper bundles"),
    (Entry.CASE_DATA.value, "患者データの閲覧（氏名等を除く）", "Reading cases without identity"),
)

_E = Entry
ENTRIES_OF_KIND: Mapping[InstitutionKind, tuple[Entry, ...]] = {
    _K.HOSPITAL: (_E.NOTIFICATION, _E.LAB_RESULT, _E.CARE, _E.OBSERVATION),
    _K.CLINIC: (_E.NOTIFICATION, _E.LAB_RESULT),
    _K.TEST_CENTRE: (_E.NOTIFICATION, _E.LAB_RESULT),
    _K.HOTEL: (_E.OBSERVATION,),
    _K.FOLLOW_UP_CONTRACTOR: (_E.OBSERVATION, _E.PAPER),
    _K.LABORATORY: (_E.CASE_DATA, _E.LAB_RESULT),
    _K.INFORMATION_CENTRE: (_E.CASE_DATA,),
    _K.NATIONAL_INSTITUTE: (_E.CASE_DATA,),
}
"""What can be given to an institution of a kind; the kinds not named need nothing given."""

EVER = date(1900, 1, 1)
"""The first day of what was so before the portal."""


def entries_of(kind: str) -> tuple[str, ...]:
    """The entries an institution of ``kind`` can be given, in the order of the list."""
    known = kind in INSTITUTION_KINDS
    given = ENTRIES_OF_KIND.get(InstitutionKind(kind), ()) if known else ()
    return tuple(entry.value for entry in given)


def needs_letting_in(kind: str) -> bool:
    """True for institutions that use the portal only where they were let in (R24)."""
    return kind not in ADMINISTRATIVE_KINDS


def is_managed_by(role: RoleName, kind: str) -> bool:
    """True when ``role`` manages institutions of ``kind``; the system manages all."""
    return role is RoleName.SYSTEM or kind in MANAGED_BY.get(role, frozenset())


def may_stand_below(kind: str, parent_kind: str | None) -> bool:
    """True when an institution of ``kind`` may have a parent of ``parent_kind``.

    ``None`` is "no parent", which only the ministry may have. Unknown kinds are refused.
    """
    if kind not in INSTITUTION_KINDS:
        return False
    allowed = PARENTS[InstitutionKind(kind)]
    return not allowed if parent_kind is None else parent_kind in allowed


def lg_code(jis_code: str) -> str:
    """全国地方公共団体コード: the five JIS digits with their check digit.

    Weights 6 to 2, modulo 11, last digit of the complement (総務省).

    Raises:
        ValueError: not five digits.
    """
    if not re.fullmatch(r"[0-9]{5}", jis_code):
        raise ValueError("a JIS municipality code has five digits")
    total = sum(
        int(digit) * weight for digit, weight in zip(jis_code, range(6, 1, -1), strict=True)
    )
    return f"{jis_code}{(11 - total % 11) % 10}"


def municipality_kind(jis_code: str, name: str) -> str:
    """The kind of a municipality from its code and full name.

    The third digit 1 marks designated cities and their wards, except in Tokyo, whose
    13101–13123 are the special wards.
    """
    if jis_code.startswith("131"):
        return "special_ward"
    if jis_code[2] == "1":
        return "ward" if name.endswith("区") else "designated_city"
    return {"町": "town", "村": "village"}.get(name[-1:], "city")
