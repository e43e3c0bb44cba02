"""Levels from both sides of every threshold, days and missing days."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from app.core.clock import TOKYO
from app.followup.codes import EMERGENCY_SYMPTOM
from app.followup.rules import (
    Level,
    Reading,
    Thresholds,
    assess,
    illness_day,
    missing_days,
    observation_day,
    signs,
)

DAY = date(2021, 8, 20)
NOON = datetime(2021, 8, 20, 12, 0, tzinfo=TOKYO)
LINES = Thresholds()


def reading(days_ago: int = 0, part: str = "morning", **values: Any) -> Reading:
    if "temperature" in values:
        values["temperature"] = Decimal(str(values["temperature"]))
    return Reading(DAY - timedelta(days=days_ago), part, **values)


def level(
    *readings: Reading, now: datetime = NOON, **options: Any
) -> tuple[Level, tuple[str, ...]]:
    alert = assess(readings, LINES, now=now, **options)
    return alert.level, tuple(reason.code for reason in alert.reasons)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, Level.NONE),
        ({"spo2": 93}, Level.RED),
        ({"spo2": 94}, Level.ORANGE),
        ({"spo2": 95}, Level.ORANGE),
        ({"spo2": 96}, Level.NONE),
        ({"temperature": 38.4}, Level.NONE),
        ({"temperature": 38.5}, Level.ORANGE),
        ({"symptoms": ("dyspnoea",)}, Level.ORANGE),
        ({"symptoms": ("cough", "fatigue")}, Level.NONE),
        ({"symptoms": ()}, Level.NONE),
        ({"emergency_symptoms": ()}, Level.NONE),
        ({"spo2": 94, "emergency_symptoms": ("chest_pain",)}, Level.RED),
    ],
)
def test_one_report_is_judged_by_its_values(values: dict[str, Any], expected: Level) -> None:
    assert level(reading(**values))[0] is expected


@pytest.mark.parametrize("symptom", EMERGENCY_SYMPTOM.values)
def test_any_of_the_thirteen_is_red(symptom: str) -> None:
    assert level(reading(emergency_symptoms=(symptom,))) == (Level.RED, ("emergency",))


@pytest.mark.parametrize(
    ("before", "after", "codes"),
    [
        (reading(1, "morning", spo2=99), reading(0, "morning", spo2=96), ("oxygen_drop",)),
        (reading(1, "morning", spo2=99), reading(0, "morning", spo2=97), ()),
        (reading(1, "once", spo2=99), reading(0, "once", spo2=96), ("oxygen_drop",)),
        # 25 hours and more lie between these.
        (reading(1, "morning", spo2=99), reading(0, "once", spo2=96), ()),
        (reading(2, "evening", spo2=99), reading(0, "morning", spo2=96), ()),
    ],
)
def test_three_points_within_24_hours_are_orange(
    before: Reading, after: Reading, codes: tuple[str, ...]
) -> None:
    assert level(before, after)[1] == codes


def test_the_fall_is_counted_from_the_highest_value_of_the_day_before() -> None:
    found = level(
        reading(1, "morning", spo2=99), reading(1, "evening", spo2=97), reading(0, spo2=96)
    )
    assert found == (Level.ORANGE, ("oxygen_drop",))


def test_silence_is_yellow_after_24_hours_and_not_before() -> None:
    yesterday = reading(1, "once", temperature=36.5)
    assert level(yesterday, now=NOON) == (Level.NONE, ())
    assert level(yesterday, now=NOON + timedelta(minutes=1)) == (Level.YELLOW, ("silent",))
    assert level(yesterday, now=NOON + timedelta(days=1), expected=False) == (Level.NONE, ())


def test_who_never_reported_is_silent_24_hours_after_the_observation_began() -> None:
    assert level(since=NOON - timedelta(hours=24)) == (Level.NONE, ())
    assert level(since=NOON - timedelta(hours=24, minutes=1)) == (Level.YELLOW, ("silent",))


@pytest.mark.parametrize(
    ("yesterday", "today", "expected"),
    [
        (37.5, 37.5, Level.YELLOW),
        (37.4, 37.5, Level.NONE),
        (37.5, 37.4, Level.NONE),
        (38.5, 38.4, Level.YELLOW),
        (37.5, 38.5, Level.ORANGE),
    ],
)
def test_fever_on_two_days_running_is_yellow(
    yesterday: float, today: float, expected: Level
) -> None:
    readings = (
        reading(1, "evening", temperature=yesterday),
        reading(0, "morning", temperature=today),
    )
    assert level(*readings)[0] is expected


def test_fever_with_a_day_between_is_not_two_days_running() -> None:
    assert level(reading(2, temperature=38), reading(0, temperature=38)) == (Level.NONE, ())


def test_a_blank_does_not_clear_a_bad_value_but_a_better_measurement_does() -> None:
    bad = reading(1, "evening", spo2=92)
    assert level(bad, reading(0, temperature=36.5)) == (Level.RED, ("oxygen_red",))
    assert level(bad, reading(0, spo2=96)) == (Level.NONE, ())
    emergency = reading(1, "evening", emergency_symptoms=("drowsy",))
    assert level(emergency, reading(0, spo2=98))[0] is Level.RED
    assert level(emergency, reading(0, emergency_symptoms=()))[0] is Level.NONE


def test_a_bad_value_older_than_a_day_no_longer_stands() -> None:
    assert level(reading(2, spo2=92), reading(0, temperature=36.5)) == (Level.NONE, ())


def test_red_and_silence_are_both_told_and_the_order_of_the_readings_does_not_matter() -> None:
    readings = (reading(3, "evening", spo2=92), reading(3, "morning", spo2=96))
    expected = (Level.RED, ("oxygen_red", "silent"))
    assert level(*readings) == expected
    assert level(*reversed(readings)) == expected


def test_thresholds_come_from_the_disease_and_what_it_leaves_empty_is_the_default() -> None:
    class Mild:
        spo2_red, spo2_orange = 90, None
        fever_orange, fever_yellow = Decimal("39.0"), None

    lines = Thresholds.of(Mild())
    assert (lines.spo2_red, lines.spo2_orange) == (90, 95)
    assert (lines.fever_orange, lines.fever_yellow) == (Decimal("39.0"), Decimal("37.5"))
    assert [r.code for r in signs(reading(spo2=91, temperature=38.9), (), lines)] == [
        "oxygen_orange"
    ]


def test_days_are_counted_from_the_onset_and_from_the_last_exposure() -> None:
    assert illness_day(DAY, DAY) == 1
    assert illness_day(DAY, date(2021, 8, 29)) == 10
    assert illness_day(DAY, date(2021, 8, 19)) is None
    assert illness_day(None, DAY) is None
    assert observation_day(DAY, DAY) == 0
    assert observation_day(DAY, date(2021, 9, 3)) == 14
    assert observation_day(DAY, date(2021, 8, 19)) is None


def test_missing_days_are_those_without_a_report() -> None:
    reported = [date(2021, 8, 18), date(2021, 8, 18), date(2021, 8, 20)]
    assert missing_days(reported, date(2021, 8, 17), DAY) == (date(2021, 8, 17), date(2021, 8, 19))
    assert missing_days([], DAY, DAY - timedelta(days=1)) == ()
