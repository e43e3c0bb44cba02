"""What a projection assumes: each number with its limits, its default and where that comes from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from app.coordination.bed_figures import VALID_DAYS
from app.core.labels import CodeList, Label
from app.planning.projection import Assumption
from app.planning.stocks import Care

SCENARIOS = CodeList(
    "planning_scenario",
    ("fading", "最近の増減が徐々に弱まる", "The recent trend fades"),
    ("continued", "現在の実効再生産数が続く", "The present reproduction number goes on"),
    ("halved", "実効再生産数が半分になる", "The reproduction number is halved"),
    ("own", "実効再生産数を指定する", "A reproduction number of my own"),
)  # fmt: skip
DAYS = Label("日", "days")
PERCENT = Label("％", "%")
BEDS = Label("床", "beds")
ROOMS = Label("室", "rooms")
ASSUMED = Label("仮定値", "Assumed")
PHASES = (1, 2, 3)
Group = Literal["course", "care", "places"]


@dataclass(frozen=True, slots=True)
class Setting:
    """A number the reader may change. ``places`` are decimals; ``default`` None: may stay empty."""

    key: str
    label: Label
    unit: Label | None
    minimum: float
    maximum: float
    step: float
    default: float | None
    source: Label
    group: Group = "care"
    places: int = 0


_RELEASE = Label(
    "退院基準（2020年6月12日）の発症後10日",
    "10 days after onset: release criterion of 12 June 2020",
)
_SEVERE = Label(
    "2020年6月以降の診断者の重症化割合 約1.6％（厚生労働省）",
    "About 1.6 % of those diagnosed from June 2020 became severe (ministry)",
)
_DECLARED = Label(
    f"医療機関の直近{VALID_DAYS}日間の最新の申告の合計",
    f"Sum of what hospitals declared last, within {VALID_DAYS} days",
)
_IN_USE = Label("使用可として登録された居室の数", "Rooms registered as usable")


def _places(key: str, ja: str, en: str, unit: Label, source: Label = _DECLARED) -> Setting:
    return Setting(key, Label(ja, en), unit, 0, 99_999, 10, None, source, "places")


SETTINGS: tuple[Setting, ...] = (
    Setting(
        "number", Label("指定する実効再生産数", "Reproduction number of my own"), None,
        0.1, 5, 0.05, 1, ASSUMED, "course", 2,
    ),
    Setting(
        "delay", Label("変化が報告に表れるまで", "Until a change shows in the reports"), DAYS,
        0, 28, 1, 7, Label("感染から報告までの日数の仮定値", "Assumed time from infection to report"),
        "course",
    ),
    Setting("admitted", Label("入院する割合", "Share admitted"), PERCENT, 0, 100, 0.5, 20, ASSUMED,
            places=1),
    Setting("stay", Label("平均在院日数", "Mean days in hospital"), DAYS, 1, 60, 0.5, 10, _RELEASE,
            places=1),
    Setting("severe", Label("重症となる割合", "Share severe"), PERCENT, 0, 100, 0.1, 1.6, _SEVERE,
            places=1),
    Setting("severe_stay", Label("重症の平均日数", "Mean days severe"), DAYS, 1, 90, 0.5, 14, ASSUMED,
            places=1),
    Setting("hotel", Label("宿泊療養する割合", "Share in hotels"), PERCENT, 0, 100, 0.5, 30, ASSUMED,
            places=1),
    Setting("hotel_stay", Label("平均宿泊日数", "Mean days in hotels"), DAYS, 1, 30, 0.5, 8, ASSUMED,
            places=1),
    *(_places(f"beds_{n}", f"フェーズ{n} 確保病床", f"Phase {n}: secured beds", BEDS) for n in PHASES),
    *(
        _places(f"severe_beds_{n}", f"フェーズ{n} うち重症者用", f"Phase {n}: of these for severe", BEDS)
        for n in PHASES
    ),
    _places("rooms", "宿泊療養の居室", "Hotel rooms", ROOMS, _IN_USE),
)  # fmt: skip
SETTING: Mapping[str, Setting] = {one.key: one for one in SETTINGS}
OUTLOOK_KEYS = ("number", "delay", "admitted", "stay", "severe", "severe_stay")
PLAN_KEYS = tuple(SETTING)
HORIZONS = (7, 14, 21, 28)
ESTIMATED = {"admitted": "in_hospital", "severe": "severe", "hotel": "hotel"}
"""Shares that are worked out of the area's last 28 days: key → stock of the roll-up."""
STAY_OF = {"admitted": "stay", "severe": "severe_stay", "hotel": "hotel_stay"}


@dataclass(frozen=True, slots=True)
class Values:
    """Checked numbers: ``numbers`` by key of :data:`SETTINGS`, None where nothing was given.

    ``stated`` says of some where they come from, in the words of the office that set them.
    """

    scenario: str
    days: int
    numbers: Mapping[str, float | None]
    stated: Mapping[str, str] = field(default_factory=dict)

    @property
    def assumption(self) -> Assumption:
        """What new cases do."""
        delayed = self.scenario in ("halved", "own")
        number = self.numbers["number"] if self.scenario == "own" else None
        return Assumption(self.scenario, number, int(self._given("delay")) if delayed else 0)

    def care(self, share: str) -> Care:
        """Of ``admitted``, ``severe`` or ``hotel``."""
        return Care(self._given(share) / 100, self._given(STAY_OF[share]))

    def places(self, kind: str) -> list[tuple[int, float]]:
        """(phase, number) of ``beds`` or ``severe_beds``; phases without a number are left out."""
        found = ((n, self.numbers.get(f"{kind}_{n}")) for n in PHASES)
        return [(n, number) for n, number in found if number is not None]

    def _given(self, key: str) -> float:
        number = self.numbers.get(key)
        fallback = SETTING[key].default or 0
        return fallback if number is None else number


def problems_between(values: Values) -> dict[str, Label]:
    """What numbers contradict each other: key → sentence."""
    numbers = {key: value or 0 for key, value in values.numbers.items()}
    found = {}
    if numbers.get("severe", 0) > numbers.get("admitted", 100):
        found["severe"] = Label(
            "重症となる割合は、入院する割合以下にしてください。",
            "The share severe may not be larger than the share admitted.",
        )
    if numbers.get("admitted", 0) + numbers.get("hotel", 0) > 100:
        found["hotel"] = Label(
            "入院する割合との合計が100％を超えています。",
            "Together with the share admitted this is more than 100 %.",
        )
    for n in PHASES:
        beds, severe = values.numbers.get(f"beds_{n}"), values.numbers.get(f"severe_beds_{n}")
        if beds is not None and severe is not None and severe > beds:
            found[f"severe_beds_{n}"] = Label(
                "重症者用の病床は、確保病床の内数です。", "These beds are among the secured beds."
            )
    return found
