"""Who may issue and manage whose account, as a table."""

from datetime import UTC, date, datetime, timedelta

import pytest

from app.accounts.passwords import password_problems
from app.accounts.rules import (
    Holder,
    Place,
    Post,
    Step,
    account_state,
    issuing_problem,
    last_administrator_problem,
    managing_problem,
    role_change_problem,
)
from app.institutions.rules import (
    FIRST_ADMINISTRATORS,
    INSTITUTION_KINDS,
    ROLES_OF_KIND,
    may_stand_below,
)
from app.security.roles import ACCOUNT_ROLES, RoleName

ADMIN, HOSPITAL, NURSE = (
    RoleName.ID_ADMINISTRATOR,
    RoleName.HOSPITAL,
    RoleName.HEALTH_CENTRE_NURSE,
)
OWN, OTHER = 10, 20


def post(kind: str = "hospital", role: RoleName = ADMIN) -> Post:
    return Post(1, role, OWN, kind)


def place(
    institution_id: int = OWN,
    kind: str = "hospital",
    *,
    is_open: bool = True,
    below: bool = False,
    administered: bool = True,
) -> Place:
    return Place(institution_id, kind, is_open, below, administered)


@pytest.mark.parametrize(
    ("by", "where", "role", "allowed"),
    [
        (post(), place(), HOSPITAL, True),
        (post(), place(), ADMIN, True),
        (post(), place(), RoleName.MINISTRY, False),
        (post(), place(), NURSE, False),
        (post(), place(), RoleName.SYSTEM, False),
        (post(role=HOSPITAL), place(), HOSPITAL, False),
        (post(role=RoleName.MINISTRY), place(kind="ministry"), ADMIN, False),
        (post(), place(is_open=False), HOSPITAL, False),
        (post(), place(OTHER), HOSPITAL, False),
        (
            post("ministry"),
            place(OTHER, "prefecture_hq", below=True, administered=False),
            ADMIN,
            True,
        ),
        (post("ministry"), place(OTHER, "prefecture_hq", below=True), ADMIN, False),
        (post("ministry"), place(OTHER, "clinic", below=True, administered=False), ADMIN, False),
        (
            post("prefecture_hq"),
            place(OTHER, "authority", below=True, administered=False),
            ADMIN,
            True,
        ),
        (
            post("authority"),
            place(OTHER, "health_centre", below=True, administered=False),
            ADMIN,
            True,
        ),
        (
            post("health_centre"),
            place(OTHER, "clinic", below=True, administered=False),
            ADMIN,
            True,
        ),
        (post("health_centre"), place(OTHER, "clinic", administered=False), ADMIN, False),
        (
            post("health_centre"),
            place(OTHER, "clinic", below=True, administered=False),
            RoleName.CLINIC,
            False,
        ),
        (
            post("clinic"),
            place(OTHER, "health_centre", below=True, administered=False),
            ADMIN,
            False,
        ),
    ],
)
def test_accounts_are_issued_at_home_and_first_administrators_below(
    by: Post, where: Place, role: RoleName, allowed: bool
) -> None:
    assert (issuing_problem(by, where, role) is None) is allowed


def holder(
    user_id: int = 2,
    role: RoleName = HOSPITAL,
    institution_id: int = OWN,
    issued_by: int | None = OWN,
    activated: bool = True,
) -> Holder:
    return Holder(user_id, role, institution_id, issued_by, activated)


@pytest.mark.parametrize("step", list(Step))
def test_every_step_is_open_on_a_colleague_and_closed_to_other_roles(step: Step) -> None:
    assert managing_problem(post(), holder(), step) is None
    assert managing_problem(post(), holder(role=ADMIN), step) is None
    assert managing_problem(post(role=HOSPITAL), holder(), step) is not None


@pytest.mark.parametrize("step", list(Step))
def test_on_oneself_only_particulars_sessions_and_leaving(step: Step) -> None:
    refused = managing_problem(post(), holder(user_id=1, role=ADMIN), step) is not None
    assert refused is (step not in {Step.CHANGE, Step.CLOSE, Step.END_SESSIONS})


@pytest.mark.parametrize("step", list(Step))
def test_an_administrator_elsewhere_is_untouchable_once_activated(step: Step) -> None:
    elsewhere = holder(role=ADMIN, institution_id=OTHER)
    assert managing_problem(post("health_centre"), elsewhere, step) is not None
    waiting = holder(role=ADMIN, institution_id=OTHER, activated=False)
    allowed = managing_problem(post("health_centre"), waiting, step) is None
    assert allowed is (step in {Step.ACTIVATION_CODE, Step.CLOSE})
    by_others = holder(role=ADMIN, institution_id=OTHER, issued_by=99, activated=False)
    assert managing_problem(post("health_centre"), by_others, step) is not None
    nobodys = holder(role=ADMIN, institution_id=OTHER, issued_by=None, activated=False)
    assert managing_problem(Post(1, ADMIN, None, None), nobodys, step) is not None


@pytest.mark.parametrize(
    ("who", "new", "others", "allowed"),
    [
        (holder(), RoleName.CLINIC, 0, True),
        (holder(), HOSPITAL, 0, True),
        (holder(), NURSE, 1, False),
        (holder(), ADMIN, 1, True),
        (holder(role=ADMIN), HOSPITAL, 1, True),
        (holder(role=ADMIN), HOSPITAL, 0, False),
        (holder(user_id=1, role=ADMIN), HOSPITAL, 5, False),
        (holder(user_id=1, role=ADMIN), ADMIN, 0, True),
    ],
)
def test_roles_change_within_the_kind_and_never_ones_own(
    who: Holder, new: RoleName, others: int, allowed: bool
) -> None:
    problem = role_change_problem(post(), who, new, kind="hospital", other_administrators=others)
    assert (problem is None) is allowed


def test_the_last_administrator_stays() -> None:
    assert last_administrator_problem(ADMIN, 0) is not None
    assert last_administrator_problem(ADMIN, 1) is None
    assert last_administrator_problem(HOSPITAL, 0) is None


def test_the_tables_speak_of_every_kind_and_only_of_institutions_that_can_stand_below() -> None:
    assert set(ROLES_OF_KIND) == set(INSTITUTION_KINDS.values)
    assert all(ADMIN in roles for roles in ROLES_OF_KIND.values())
    assert set().union(*ROLES_OF_KIND.values()) == set(ACCOUNT_ROLES)
    for above, kinds in FIRST_ADMINISTRATORS.items():
        assert all(may_stand_below(kind, above) for kind in kinds), above
    everybody = set().union(*FIRST_ADMINISTRATORS.values())
    assert everybody == set(INSTITUTION_KINDS.values) - {"ministry"}


NOW = datetime(2021, 8, 20, 3, tzinfo=UTC)
TODAY = date(2021, 8, 20)


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        ({}, "in_use"),
        ({"closed_on": TODAY}, "closed"),
        ({"closed_on": TODAY + timedelta(days=1)}, "leaving"),
        ({"locked": True}, "locked"),
        ({"suspended": True, "locked": True}, "suspended"),
        ({"closed_on": TODAY, "suspended": True}, "closed"),
        ({"awaits_activation": True}, "expired"),
        ({"awaits_activation": True, "code_expires_at": NOW}, "expired"),
        ({"awaits_activation": True, "code_expires_at": NOW + timedelta(hours=1)}, "awaiting"),
    ],
)
def test_an_account_has_one_state(facts: dict[str, object], state: str) -> None:
    known: dict[str, object] = {
        "closed_on": None,
        "suspended": False,
        "locked": False,
        "awaits_activation": False,
        "code_expires_at": None,
    }
    assert account_state(**(known | facts), now=NOW, today=TODAY) == state  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("password", "refused"),
    [
        ("password1234", True),
        ("Password-2021!", True),
        ("qwertyuiop12", True),
        ("1q2w3e4r5t6y", True),
        ("123456789012", True),
        ("abcdefghijklm", True),
        ("hersys-portal-1", True),
        ("correct horse battery staple", False),
        ("asagao-to-himawari", False),
        ("さくらの咲く丘の病院です", False),
        ("corona no nai sekai", False),
    ],
)
def test_common_passwords_are_refused_and_sentences_taken(password: str, refused: bool) -> None:
    assert bool(password_problems(password, username="ueda")) is refused
