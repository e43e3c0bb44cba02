"""When a message is sent, what it may say, how many parts it has."""

from datetime import UTC, datetime, time, timedelta

import pytest

from app.messaging.rules import (
    BACK_OFF,
    filled,
    masked,
    mobile_number,
    moves_on,
    next_try,
    parse_hours,
    problems_of_text,
    sending_time,
    sms_parts,
)

pytestmark = pytest.mark.one_database
HOURS = (time(8), time(20))


def japan(hour: int, minute: int = 0, day: int = 20) -> datetime:
    return datetime(2021, 8, day, hour, minute, tzinfo=UTC) - timedelta(hours=9)


@pytest.mark.parametrize(
    ("channel", "asked", "sent"),
    [
        ("sms", japan(8), japan(8)),
        ("sms", japan(19, 59), japan(19, 59)),
        ("sms", japan(20), japan(8, day=21)),
        ("sms", japan(23, 30), japan(8, day=21)),
        ("sms", japan(0, 30), japan(8)),
        ("mail", japan(23, 30), japan(23, 30)),
    ],
)
def test_no_sms_leaves_at_night(channel: str, asked: datetime, sent: datetime) -> None:
    assert sending_time(channel, asked, HOURS) == sent


def test_the_pauses_between_tries_grow_to_an_hour() -> None:
    now = japan(9)
    waits = [(next_try(n, now) - now).total_seconds() / 60 for n in range(1, 10)]
    assert waits == [*BACK_OFF, 60, 60]


def test_hours_that_end_before_they_begin_are_refused() -> None:
    assert parse_hours("08:00-20:00") == HOURS
    for wrong in ("20:00-08:00", "8-20", "", "08:00"):
        with pytest.raises(ValueError):  # noqa: PT011
            parse_hours(wrong)


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("090-1111-2222", "+819011112222"),
        ("０８０１１１１２２２２", None),
        ("09011112222", "+819011112222"),
        ("03-1111-2222", None),
        ("+44 7700 900123", "+447700900123"),
        ("", None),
        (None, None),
    ],
)
def test_an_sms_goes_to_mobile_numbers_only(typed: str | None, number: str | None) -> None:
    assert mobile_number(typed) == number


def test_addresses_are_shown_only_as_far_as_they_tell_two_apart() -> None:
    assert masked("+819011112222") == "…2222"
    assert masked("hanako@example.jp") == "h…@example.jp"
    assert masked(None) == ""


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("ここ {link} 電話 {phone}", ()),
        ("ここ", ("missing",)),
        ("{link} {name}さん", ("unknown",)),
        ("{link", ("broken",)),
        ("{link.__class__}", ("broken",)),
        ("{link!r}", ("broken",)),
        ("{link:>999999999}", ("broken",)),
        ("{link}" + "あ" * 600, ("too_long",)),
    ],
)
def test_a_text_refers_to_nothing_but_what_its_message_has(
    text: str, problems: tuple[str, ...]
) -> None:
    assert problems_of_text("reminder", "sms", text) == problems


def test_placeholders_are_filled_and_nothing_else() -> None:
    assert filled("{link} {phone}", {"link": "https://x.example/p/1"}) == "https://x.example/p/1 "


@pytest.mark.parametrize(
    ("text", "parts"), [("a" * 160, 1), ("a" * 161, 2), ("あ" * 70, 1), ("あ" * 71, 2)]
)
def test_an_sms_has_as_many_parts_as_it_costs(text: str, parts: int) -> None:
    assert sms_parts(text) == parts


def test_late_and_repeated_reports_change_nothing() -> None:
    assert moves_on("sent", "delivered")
    assert moves_on("delivered", "opted_out")
    for before, after in (
        ("delivered", "failed"),
        ("delivered", "delivered"),
        ("bounced", "delivered"),
        ("cancelled", "delivered"),
    ):
        assert not moves_on(before, after)
