"""Which number is called, until when, and what keys mean."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest

from app.core.clock import TOKYO
from app.followup.plan_rules import Slot
from app.followup.reported import read_values
from app.messaging.languages import LANGUAGES
from app.voice.codes import STEP
from app.voice.rules import (
    KEYS,
    Heard,
    dialled,
    heard,
    is_birthday,
    latest_begin,
    next_step,
    next_try,
    report_of,
    within,
)
from app.voice.words import QUESTIONS, SPOKEN

pytestmark = pytest.mark.one_database
HOURS = (time(8), time(20))


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        (("090-1111-2222",), "+819011112222"),
        (("０９０ １１１１ ２２２２",), None),
        (("03-1234-5678",), "+81312345678"),
        (("+82 10 1234 5678",), "+821012345678"),
        ((None, "", "0422-12-3456"), "+81422123456"),
        (("110", "03-1234-5678"), "+81312345678"),
        (("090111122229",), None),
        ((None, None), None),
    ],
)
def test_the_first_number_that_can_be_called_is(
    typed: tuple[str | None, ...], number: str | None
) -> None:
    assert dialled(*typed) == number


@pytest.mark.parametrize(
    ("step", "digits", "value"),
    [
        ("temperature", "365", 365),
        ("temperature", "300", 300),
        ("temperature", "450", 450),
        ("temperature", "299", None),
        ("temperature", "459", None),
        ("temperature", "36", None),
        ("spo2", "97", 97),
        ("spo2", "100", 100),
        ("spo2", "101", None),
        ("spo2", "9", None),
        ("spo2", "097", 97),
        ("breathless", "1", True),
        ("breathless", "2", False),
        ("breathless", "3", None),
        ("emergency", "", None),
        ("other", "#", None),
        ("spo2", "九七", None),
        ("spo2", "*5", None),
    ],
)
def test_keys_are_understood_or_asked_for_again(step: str, digits: str, value: Any) -> None:
    found = heard(step, digits)
    assert found == (None if value is None else Heard(value))


@pytest.mark.parametrize("step", ["temperature", "spo2"])
@pytest.mark.parametrize("digits", ["0", "000"])
def test_nought_means_not_measured(step: str, digits: str) -> None:
    assert heard(step, digits) == Heard(None)


@pytest.mark.parametrize(
    ("digits", "right"), [("0401", True), ("0104", False), ("401", False), ("0229", False)]
)
def test_the_birth_date_is_month_and_day(digits: str, right: bool) -> None:
    assert is_birthday(digits, date(1955, 4, 1)) is right


def test_who_was_born_on_29_february_can_say_so() -> None:
    assert is_birthday("0229", date(1952, 2, 29))


def test_every_question_has_its_words_its_keys_and_every_language_a_voice() -> None:
    assert set(KEYS) == set(QUESTIONS) == set(STEP.values) - {"done"}
    assert set(SPOKEN) == set(LANGUAGES)


def test_contacts_skip_the_oxygen_saturation() -> None:
    assert next_step("temperature", is_case=True) == "spo2"
    assert next_step("temperature", is_case=False) == "breathless"
    assert next_step("other", is_case=True) == "done"


def test_noon_ends_the_morning_and_the_hours_of_calling_the_day() -> None:
    day = date(2021, 8, 20)
    assert latest_begin(Slot(day, "morning"), HOURS) == datetime(2021, 8, 20, 12, tzinfo=TOKYO)
    assert latest_begin(Slot(day, "evening"), HOURS) == datetime(2021, 8, 20, 20, tzinfo=TOKYO)
    assert latest_begin(Slot(day, "once"), HOURS) == datetime(2021, 8, 20, 20, tzinfo=TOKYO)


@pytest.mark.parametrize(
    ("hour", "allowed"), [(7, False), (8, True), (19, True), (20, False), (3, False)]
)
def test_nobody_is_called_at_night(hour: int, allowed: bool) -> None:
    assert within(HOURS, datetime(2021, 8, 20, hour, tzinfo=TOKYO).astimezone(UTC)) is allowed


def test_a_try_after_the_last_instant_is_none() -> None:
    now = datetime(2021, 8, 20, 10, tzinfo=UTC)
    assert next_try(now, 20, now + timedelta(minutes=21)) == now + timedelta(minutes=20)
    assert next_try(now, 20, now + timedelta(minutes=20)) is None


@pytest.mark.parametrize(
    ("answers", "values"),
    [
        ({}, {}),
        ({"temperature": None, "spo2": None}, {}),
        ({"temperature": 372}, {"temperature": Decimal("37.2")}),
        # Half an answer about symptoms is not "no symptoms".
        ({"breathless": False}, {}),
        ({"breathless": False, "other": False}, {"symptoms": ()}),
        ({"breathless": True}, {"symptoms": ("dyspnoea",)}),
        ({"emergency": False}, {"emergency_symptoms": ()}),
    ],
)
def test_answers_become_only_what_was_said(answers: dict[str, Any], values: dict[str, Any]) -> None:
    assert report_of(answers) == values


def test_one_emergency_is_reported_with_the_word_that_nobody_knows_which() -> None:
    found = report_of({"emergency": True, "other": True})
    assert found["emergency_symptoms"] == ("unlike_self",)
    assert "未確認" in found["remarks"]
    assert set(read_values(found)) == {"emergency_symptoms", "remarks", "symptoms_other"}
