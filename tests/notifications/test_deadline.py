"""The deadline of the law on a Japanese clock: midnight in Tokyo is 15:00 UTC of the day before."""

from datetime import UTC, date, datetime, timedelta

import pytest

from app.notifications.deadline import Deadline, deadline, in_time_words

D20 = date(2021, 8, 20)


def utc(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2021, 8, day, hour, minute, tzinfo=UTC)


def due(timing: str) -> Deadline:
    found = deadline(timing, D20)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("timing", "last_minute", "late"),
    [
        ("immediately", utc(20, 14, 59), utc(20, 15)),
        ("within_7_days", utc(27, 14, 59), utc(27, 15)),
    ],
)
def test_the_last_day_ends_at_midnight_in_japan(
    timing: str, last_minute: datetime, late: datetime
) -> None:
    assert due(timing).due_at == late - timedelta(seconds=1)
    assert not due(timing).is_over(last_minute)
    assert due(timing).is_over(late)


@pytest.mark.parametrize(
    ("at", "since", "over"),
    [
        (utc(19, 15), 0, 0),  # 20 August, 0:00 in Japan
        (utc(20, 14, 59), 0, 0),
        (utc(20, 15), 1, 1),
        (utc(22, 14, 59), 2, 2),
        (utc(22, 15), 3, 3),
        (utc(1, 0), 0, 0),  # a clock that runs before the diagnosis
    ],
)
def test_days_are_those_of_the_calendar_in_japan(at: datetime, since: int, over: int) -> None:
    assert (due("immediately").days_since(at), due("immediately").days_over(at)) == (since, over)


@pytest.mark.parametrize("timing", ["weekly", "monthly"])
def test_what_is_counted_at_sentinels_has_no_deadline(timing: str) -> None:
    assert deadline(timing, D20) is None


def test_without_a_day_of_diagnosis_no_clock_runs() -> None:
    assert deadline("immediately", None) is None
    assert deadline("immediately", date.max) is None


def test_the_deadline_is_read_back_from_its_end() -> None:
    for timing in ("immediately", "within_7_days"):
        assert Deadline.ending(due(timing).due_at, timing) == due(timing)
        assert in_time_words(due(timing), due(timing).due_at)[1] == "success"
