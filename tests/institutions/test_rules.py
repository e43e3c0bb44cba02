"""The pure rules: the tree, codes with check digits."""

import pytest

from app.institutions.rules import (
    INSTITUTION_KINDS,
    PARENTS,
    ROLES_OF_KIND,
    InstitutionKind,
    lg_code,
    may_carry,
    may_stand_below,
    municipality_kind,
)
from app.security.roles import ACCOUNT_ROLES


@pytest.mark.parametrize(
    ("kind", "parent", "allowed"),
    [
        ("ministry", None, True),
        ("ministry", "prefecture_hq", False),
        ("prefecture_hq", "ministry", True),
        ("prefecture_hq", None, False),
        ("authority", "prefecture_hq", True),
        ("authority", "authority", False),
        ("health_centre", "authority", True),
        ("health_centre", "prefecture_hq", False),
        ("clinic", "health_centre", True),
        ("clinic", "authority", True),
        ("clinic", "clinic", False),
        ("hospital", "prefecture_hq", False),
        ("hotel", "prefecture_hq", True),
        ("follow_up_contractor", "health_centre", True),
        ("laboratory", "health_centre", False),
        ("information_centre", "prefecture_hq", True),
        ("national_institute", "ministry", True),
        ("bakery", "ministry", False),
        ("clinic", "bakery", False),
    ],
)
def test_a_kind_stands_only_where_the_tree_allows(
    kind: str, parent: str | None, allowed: bool
) -> None:
    assert may_stand_below(kind, parent) is allowed


def test_every_kind_has_a_place_and_a_word() -> None:
    assert set(PARENTS) == set(InstitutionKind)
    assert INSTITUTION_KINDS.values == tuple(kind.value for kind in InstitutionKind)


@pytest.mark.parametrize(
    ("kind", "role", "allowed"),
    [
        ("health_centre", "health_centre_nurse", True),
        ("health_centre", "clinic", False),
        ("clinic", "clinic", True),
        ("clinic", "hospital", False),
        ("hospital", "clinic", True),
        ("hospital", "health_centre_clerk", False),
        ("test_centre", "clinic", True),
        ("ministry", "prefecture_supervisor", False),
        ("hotel", "id_administrator", True),
        ("ministry", "system", False),
        ("clinic", "Admin", False),
        ("bakery", "clinic", False),
    ],
)
def test_an_account_carries_a_role_its_institution_may_give(
    kind: str, role: str, allowed: bool
) -> None:
    assert may_carry(kind, role) is allowed


def test_every_role_of_a_person_belongs_to_some_kind_of_institution() -> None:
    assert set(ROLES_OF_KIND) == set(InstitutionKind)
    assert set().union(*ROLES_OF_KIND.values()) == set(ACCOUNT_ROLES)


@pytest.mark.parametrize(
    ("jis_code", "expected"),
    [
        ("01000", "010006"),
        ("01204", "012041"),
        ("13101", "131016"),
        ("13000", "130001"),
        ("40100", "401005"),
    ],
)
def test_the_check_digit_completes_a_local_government_code(jis_code: str, expected: str) -> None:
    assert lg_code(jis_code) == expected


@pytest.mark.parametrize("wrong", ["", "1310", "131016", "１３１０１", "abcde"])
def test_no_check_digit_for_what_is_not_five_digits(wrong: str) -> None:
    with pytest.raises(ValueError, match="five digits"):
        lg_code(wrong)


@pytest.mark.parametrize(
    ("code", "name", "kind"),
    [
        ("13104", "新宿区", "special_ward"),
        ("01101", "札幌市中央区", "ward"),
        ("01100", "札幌市", "designated_city"),
        ("14150", "相模原市", "designated_city"),
        ("13201", "八王子市", "city"),
        ("24205", "桑名市", "city"),
        ("01303", "石狩郡当別町", "town"),
        ("01304", "石狩郡新篠津村", "village"),
    ],
)
def test_a_municipality_tells_its_kind(code: str, name: str, kind: str) -> None:
    assert municipality_kind(code, name) == kind
