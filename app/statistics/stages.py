"""ステージ判断指標: which stage a figure speaks for, by the thresholds of the day. Pure.

Two periods: from August 2020, and from 15 April 2021.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from app.core.labels import Label
from app.statistics import derived
from app.statistics.derived import Derived

FIRST_PERIOD = date(2020, 8, 7)
SECOND_PERIOD = date(2021, 4, 15)
FEW_IN_CARE = 10
"""Per 100,000: below it the share in hospital says nothing (second period)."""

Stage = Literal[0, 3, 4]
SEVERE_BED_USE = Derived(
    "severe_bed_use",
    Label("重症者用確保病床使用率", "Use of secured beds for the severe"),
    Label(
        "重症者用の確保病床に入院している者 ÷ 重症者用確保病床数。",
        "People in secured beds for the severe ÷ such beds.",
    ),
    "severe in secured beds ÷ secured beds for the severe × 100",
    "ステージ判断指標 病床使用率（重症）",
    derived.BED_USE.unit,
    derived.BED_USE.date_basis,
    1,
)


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From where on stage 3 and 4 are spoken of; ``kind`` says which side is the bad one."""

    three: float
    four: float
    kind: Literal["at_least", "above", "at_most"] = "at_least"

    def stage_of(self, value: float) -> Stage:
        """4, 3 or 0 (below both)."""
        if self._reaches(value, self.four):
            return 4
        return 3 if self._reaches(value, self.three) else 0

    def _reaches(self, value: float, line: float) -> bool:
        if self.kind == "at_most":
            return value <= line
        return value > line if self.kind == "above" else value >= line


@dataclass(frozen=True, slots=True)
class StageIndicator:
    """A figure with its thresholds of both periods; None: it was not used."""

    figure: Derived
    first: Thresholds | None
    second: Thresholds | None

    def thresholds_on(self, on: date) -> Thresholds | None:
        """What was in force on a day."""
        if on < FIRST_PERIOD:
            return None
        return self.first if on < SECOND_PERIOD else self.second


STAGE_INDICATORS: tuple[StageIndicator, ...] = (
    StageIndicator(derived.BED_USE, Thresholds(20, 50), Thresholds(20, 50)),
    StageIndicator(SEVERE_BED_USE, Thresholds(20, 50), Thresholds(20, 50)),
    StageIndicator(derived.ADMISSION_RATE, None, Thresholds(40, 25, "at_most")),
    StageIndicator(derived.CARE_PER_100K, Thresholds(15, 25), Thresholds(20, 30)),
    StageIndicator(derived.POSITIVITY, Thresholds(10, 10), Thresholds(5, 10)),
    StageIndicator(derived.WEEK_PER_100K, Thresholds(15, 25), Thresholds(15, 25)),
    StageIndicator(derived.WEEK_RATIO, Thresholds(1, 1, "above"), None),
    # In the second period one line: the share speaks for stage 3 and 4 alike.
    StageIndicator(derived.UNLINKED, Thresholds(50, 50), Thresholds(50, 50)),
)
BY_KEY: Mapping[str, StageIndicator] = {one.figure.key: one for one in STAGE_INDICATORS}


def stage_of(
    key: str, value: float | None, on: date, *, care_per_100k: float | None = None
) -> Stage | None:
    """The stage a figure speaks for on a day; None where there is nothing to say.

    ``care_per_100k`` is needed for the share in hospital: with few in care it does not count.
    """
    thresholds = BY_KEY[key].thresholds_on(on)
    if thresholds is None or value is None:
        return None
    if key == derived.ADMISSION_RATE.key and (care_per_100k or 0) < FEW_IN_CARE:
        return None
    return thresholds.stage_of(value)
