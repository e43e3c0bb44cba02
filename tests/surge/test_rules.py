import pytest

from app.surge.rules import LOAD, OPERATOR, Limits, Load, observed, why_notifications_first

LIMITS = Limits(begins_at_depth=16, begins_after_seconds=3, ends_at_depth=2, ends_after_seconds=60)


def after(*looks: tuple[float, int], start: Load | None = None) -> bool:
    """Overloaded after these (second, depth) looks?"""
    load = start or Load()
    for second, depth in looks:
        load = observed(load, depth, second, LIMITS)
    return load.overloaded


@pytest.mark.parametrize(
    ("looks", "overloaded"),
    [
        ([(0, 0), (9, 0)], False),
        ([(0, 16)], False),
        ([(0, 16), (2, 16)], False),
        ([(0, 16), (3, 16)], True),
        ([(0, 99), (1, 15), (3, 99)], False),
        ([(0, 99), (1, 15), (3, 99), (6, 99)], True),
    ],
)
def test_a_long_queue_begins_it_only_when_it_stays(
    looks: list[tuple[float, int]], *, overloaded: bool
) -> None:
    assert after(*looks) is overloaded


@pytest.mark.parametrize(
    ("looks", "overloaded"),
    [
        ([(0, 9)], True),
        ([(0, 2)], True),
        ([(0, 2), (59, 0)], True),
        ([(0, 2), (60, 0)], False),
        ([(0, 2), (30, 3), (60, 0)], True),
        ([(0, 2), (30, 3), (60, 0), (120, 0)], False),
    ],
)
def test_it_ends_after_a_quiet_minute(looks: list[tuple[float, int]], *, overloaded: bool) -> None:
    assert after(*looks, start=Load(overloaded=True)) is overloaded


@pytest.mark.parametrize(
    ("mode", "overloaded", "reason"),
    [
        ("auto", False, None),
        ("auto", True, LOAD),
        ("on", False, OPERATOR),
        ("on", True, OPERATOR),
        ("off", True, None),
    ],
)
def test_the_operator_has_the_last_word(mode: str, overloaded: bool, reason: object) -> None:
    assert why_notifications_first(mode, overloaded=overloaded) is reason
