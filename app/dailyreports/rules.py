"""When a daily report is made, and what it must hold (2022-09-26 to 2023-05-07)."""

from collections.abc import Mapping
from datetime import date, timedelta

from app.core.labels import Label

FIRST_DAY = date(2022, 9, 26)
LAST_DAY = date(2023, 5, 7)
OPEN_FOR = timedelta(days=1)
"""A day is reported and corrected on the day itself and on the next one, not backwards."""

AGES: tuple[tuple[str, Label], ...] = (
    ("under_1", Label("0歳", "Under 1")),
    ("from_1_to_9", Label("1〜9歳", "1–9")),
    ("from_10_to_19", Label("10〜19歳", "10–19")),
    ("from_20_to_29", Label("20〜29歳", "20–29")),
    ("from_30_to_39", Label("30〜39歳", "30–39")),
    ("from_40_to_49", Label("40〜49歳", "40–49")),
    ("from_50_to_59", Label("50〜59歳", "50–59")),
    ("from_60_to_69", Label("60〜69歳", "60–69")),
    ("from_70_to_79", Label("70〜79歳", "70–79")),
    ("from_80_to_89", Label("80〜89歳", "80–89")),
    ("from_90", Label("90歳以上", "90 or over")),
)
"""Our own choice: the classes of the official screen are not known to us."""
NAMES = tuple(name for name, _label in AGES)


def is_open(day: date, today: date) -> bool:
    """True while the counts of ``day`` may be entered or corrected."""
    return day <= today <= day + OPEN_FOR


def is_reported(day: date) -> bool:
    """True for days on which people outside the four groups were counted by age."""
    return FIRST_DAY <= day <= LAST_DAY


def total_of(counts: Mapping[str, int | None]) -> int:
    """Everybody of the day; a blank class is nobody."""
    return sum(counts.get(name) or 0 for name in NAMES)
