from datetime import UTC, datetime, timedelta

import pytest

from app.accounts.passwords import password_problems
from app.accounts.rules import (
    is_locked,
    matching_step,
    new_recovery_codes,
    otp_step,
    recovery_hash,
    session_end,
)
from app.core.redirects import local_target

AT = datetime(2021, 8, 20, 3, 0, tzinfo=UTC)
# The secret and the values of RFC 6238, appendix B, in six digits.
RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


@pytest.mark.parametrize(
    ("password", "count"),
    [
        ("correct-horse-battery", 0),
        ("elevenchars", 1),
        ("twelve-chars", 0),
        ("xAOKIx-something", 1),
        ("with-hanako-inside", 1),
        ("ababababababab", 1),
        ("aaa", 2),
        ("abcdefgh" * 17, 1),
        ("password2021!", 1),
        ("P@ssw0rd-P@ssw0rd", 1),
        ("qwertyuiop123", 1),
        ("hokenjo-reiwa3", 1),
        ("tokyo-2021-covid", 1),
        ("1234567890abcd", 1),
        ("新宿区保健所のパスワード", 1),
        ("西保健所-kita-minami", 1),
        ("asagao-to-himawari", 0),
        ("sakura-no-moriyama", 0),
        ("雨にも負けず風にも負けず", 0),
    ],
)
def test_a_password_is_long_varied_and_not_the_name(password: str, count: int) -> None:
    assert (
        len(
            password_problems(
                password, username="aoki", name="Aoki Hanako", words=["西保健所", "新宿区保健所"]
            )
        )
        == count
    )


@pytest.mark.parametrize(
    ("seconds", "code"), [(59, "287082"), (1111111109, "081804"), (1234567890, "005924")]
)
def test_one_time_passwords_are_those_of_rfc_6238(seconds: int, code: str) -> None:
    at = datetime.fromtimestamp(seconds, UTC)
    assert matching_step(RFC_SECRET, code, at) == otp_step(at)


@pytest.mark.parametrize(("late_by", "taken"), [(-60, False), (-30, True), (30, True), (60, False)])
def test_a_watch_may_differ_by_one_step(late_by: int, taken: bool) -> None:
    at = datetime.fromtimestamp(1111111109, UTC)
    found = matching_step(RFC_SECRET, "081804", at + timedelta(seconds=late_by))
    assert (found == otp_step(at)) is taken


def test_digits_of_a_japanese_keyboard_are_taken() -> None:
    at = datetime.fromtimestamp(1111111109, UTC)
    assert matching_step(RFC_SECRET, "０８１ ８０４", at) is not None


@pytest.mark.parametrize(
    ("until", "locked"),
    [(None, False), (AT, False), (AT + timedelta(seconds=1), True)],
)
def test_a_lock_ends_when_it_was_said_to_end(until: datetime | None, locked: bool) -> None:
    assert is_locked(until, AT) is locked


@pytest.mark.parametrize(
    ("since", "seen", "end"),
    [
        (0, 0, None),
        (-43_199, -1799, None),
        (-43_200, 0, "age"),
        (-43_200, -1800, "age"),
        (-1800, -1800, "idle"),
    ],
)
def test_a_session_ends_when_idle_and_when_old(since: int, seen: int, end: str | None) -> None:
    limits = {"idle": timedelta(minutes=30), "age": timedelta(hours=12)}
    assert session_end(since=since, seen=seen, now=0, **limits) == end


def test_recovery_codes_are_ten_and_different_and_forgiving_to_type() -> None:
    codes = new_recovery_codes()
    assert len(set(codes)) == 10
    assert recovery_hash(codes[0].lower().replace("-", " ")) == recovery_hash(codes[0])


@pytest.mark.parametrize(
    ("target", "safe"),
    [
        ("/cases/?status=waiting", True),
        ("/", True),
        ("/a//b", True),
        ("", False),
        (None, False),
        ("cases", False),
        ("//evil.example", False),
        ("///evil.example", False),
        ("/\\evil.example", False),
        ("\\\\evil.example", False),
        ("https://evil.example/", False),
        ("http:evil.example", False),
        ("javascript:alert(1)", False),
        ("/\t/evil.example", False),
        ("\n//evil.example", False),
        (" //evil.example", False),
        ("/\u202eevil", False),
    ],
)
def test_redirects_stay_here(target: str | None, safe: bool) -> None:
    assert local_target(target) == (target if safe else "/")


def test_without_an_authenticator_no_code_is_right() -> None:
    assert matching_step("", "000000", AT) is None
