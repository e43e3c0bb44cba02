"""Figures made from other figures: what each means, and the pure function that makes it.

Nothing is divided by zero and nothing is made up: without a denominator the answer is None.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.core.labels import Label
from app.statistics.definitions import PEOPLE, PER_100K, PERCENT

RATIO = Label("倍", "times")
WEEK = 7
_ANY = Label("選択した日付（公表日・届出日・診断日・発症日）", "The chosen date")
_RESULT = Label("検査結果判明日", "Day of the result")
_STATE = Label("対象日の24時現在", "At the end of the day")


@dataclass(frozen=True, slots=True)
class Derived:
    """A figure: its name, sentence, formula, source, unit and the date it is counted by.

    ``decimals`` None: a count.
    """

    key: str
    label: Label
    sentence: Label
    formula: str
    source: str
    unit: Label
    date_basis: Label
    decimals: int | None = None


POSITIVITY = Derived(
    "positivity",
    Label("陽性率（7日間）", "Positivity (7 days)"),
    Label(
        "7日間の陽性者数の合計 ÷ 7日間の検査人数（陽性＋陰性）の合計。陰性確認のための検査は含まない。",
        "Positive people of 7 days ÷ people tested (positive + negative) in the same 7 days, "
        "tests of clearance left out.",
    ),
    "Σ7 positives ÷ Σ7 (positives + negatives) × 100",
    "東京都 陽性率（PCR・抗原）; ステージ判断指標 PCR陽性率",
    PERCENT,
    _RESULT,
    1,
)
WEEK_PER_100K = Derived(
    "week_per_100k",
    Label("直近1週間の人口10万人当たり新規陽性者数", "New cases of 7 days per 100,000"),
    Label("7日間の新規陽性者数 ÷ 人口 × 100,000。", "New cases of 7 days ÷ population × 100,000."),
    "Σ7 new ÷ population × 100,000",
    "ステージ判断指標 新規陽性者数",
    PER_100K,
    _ANY,
    2,
)
WEEK_RATIO = Derived(
    "week_ratio",
    Label("今週先週比", "Week on week"),
    Label(
        "直近7日間の新規陽性者数 ÷ その前7日間の新規陽性者数。前週が0人のときは空欄。",
        "New cases of the last 7 days ÷ those of the 7 before; blank after a week without any.",
    ),
    "Σ7 new ÷ Σ previous 7 new",
    "ステージ判断指標（2020年8月） 先週比",
    RATIO,
    _ANY,
    2,
)
SIMPLE_R = Derived(
    "simple_r",
    Label("実効再生産数（簡易）", "Reproduction number (simple)"),
    Label(
        "今週先週比の（5/7）乗。平均世代時間5日を仮定した簡易な推定値。",
        "Week on week to the power of 5/7: a simple estimate with a generation time of 5 days.",
    ),
    "(Σ7 new ÷ Σ previous 7 new) ^ (5/7)",
    "kaz-ogiwara 簡易実効再生産数",
    RATIO,
    _ANY,
    2,
)
CARE_PER_100K = Derived(
    "care_per_100k",
    Label("人口10万人当たり療養者数", "People in care per 100,000"),
    Label(
        "療養者数（入院＋宿泊療養＋自宅療養＋社会福祉施設等＋調整中）÷ 人口 × 100,000。",
        "People in hospital, hotels, at home, in social facilities or waiting ÷ population × "
        "100,000.",
    ),
    "in care ÷ population × 100,000",
    "ステージ判断指標 療養者数; 療養状況等調査",
    PER_100K,
    _STATE,
    2,
)
ADMISSION_RATE = Derived(
    "admission_rate",
    Label("入院率", "Share in hospital"),
    Label("入院者数 ÷ 療養者数。", "People in hospital ÷ people in care."),
    "in hospital ÷ in care × 100",
    "療養状況等調査（2022）入院率",
    PERCENT,
    _STATE,
    1,
)
BED_USE = Derived(
    "bed_use",
    Label("確保病床使用率", "Use of secured beds"),
    Label(
        "確保病床に入院している者 ÷ 確保病床数。",
        "People in secured beds ÷ beds secured.",
    ),
    "in secured beds ÷ secured beds × 100",
    "療養状況等調査（2022）確保病床使用率",
    PERCENT,
    _STATE,
    1,
)
UNLINKED = Derived(
    "unlinked_share",
    Label("感染経路不明割合（1週間）", "Share without known link (7 days)"),
    Label("7日間の感染リンク不明 ÷ 新規陽性者数。", "Without known link ÷ new cases of 7 days."),
    "Σ7 unlinked ÷ Σ7 new × 100",
    "ステージ判断指標 感染経路不明割合; R73",
    PERCENT,
    _ANY,
    1,
)
MEAN_7 = Derived(
    "mean_7",
    Label("新規陽性者数（7日間移動平均）", "New cases (mean of 7 days)"),
    Label(
        "その日までの7日間の新規陽性者数の平均。7日分のデータがそろわない日は空欄。",
        "Mean of new cases of the 7 days up to the day; blank before there are 7 days.",
    ),
    "Σ7 new ÷ 7",
    "R114; 東京都 新規陽性者数（7日間移動平均）",
    PEOPLE,
    _ANY,
    1,
)
TESTED_MEAN_7 = Derived(
    "tested_mean_7",
    Label("検査人数（7日間移動平均）", "People tested (mean of 7 days)"),
    Label(
        "その日までの7日間の検査人数（陽性＋陰性）の平均。",
        "Mean of the people tested (positive + negative) of the 7 days up to the day.",
    ),
    "Σ7 (positives + negatives) ÷ 7",
    "東京都 検査人数（7日間移動平均）",
    PEOPLE,
    _RESULT,
    1,
)
DERIVED = (
    MEAN_7,
    TESTED_MEAN_7,
    WEEK_PER_100K,
    WEEK_RATIO,
    SIMPLE_R,
    POSITIVITY,
    UNLINKED,
    CARE_PER_100K,
    ADMISSION_RATE,
    BED_USE,
)
DERIVED_BY_KEY: Mapping[str, Derived] = {one.key: one for one in DERIVED}


def share(part: float | None, whole: float | None) -> float | None:
    """``part ÷ whole``; None where either is not known or the whole is not above zero."""
    return None if part is None or not whole or whole < 0 else part / whole


def percent(part: float | None, whole: float | None) -> float | None:
    """The same in percent."""
    found = share(part, whole)
    return None if found is None else 100 * found


def per_100k(people: float | None, population: int | None) -> float | None:
    """People per 100,000; None without a population."""
    found = share(people, population)
    return None if found is None else 100_000 * found


def positivity(positives: Sequence[int | None], negatives: Sequence[int | None]) -> float | None:
    """Percent of the tested who were positive, over the days given (the last 7).

    A day with one of its two numbers missing is left out of both sums.
    """
    days = [
        (positive, negative)
        for positive, negative in zip(positives, negatives, strict=True)
        if positive is not None and negative is not None
    ]
    positive = sum(one for one, _ in days)
    return percent(positive, positive + sum(other for _, other in days))


def simple_r(last: float | None, previous: float | None) -> float | None:
    """The simple reproduction number of two weeks' sums."""
    ratio = share(last, previous)
    return None if ratio is None or ratio < 0 else ratio ** (5 / 7)


def people_in_care(stocks: Mapping[str, int]) -> int:
    """療養者数 from the stocks of the roll-up; the severe are among those in hospital."""
    places = ("in_hospital", "hotel", "home", "social_facility", "waiting")
    return sum(stocks.get(place, 0) for place in places)


def admission_rate(stocks: Mapping[str, int]) -> float | None:
    """入院率 in percent; None where nobody is in care or those in hospital are not known."""
    return percent(stocks.get("in_hospital"), people_in_care(stocks))


def bed_use(occupied: float | None, secured: float | None) -> float | None:
    """確保病床使用率 in percent, of all beds or of those for the severe."""
    return percent(occupied, secured)


def room_use(in_hotels: float | None, secured: float | None) -> float | None:
    """確保居室使用率 in percent."""
    return percent(in_hotels, secured)


def status_gap(cumulative: int, parts: Mapping[str, int]) -> int:
    """累計 − (入院中 + 宿泊 + 自宅 + 調整中 + 死亡 + 退院): 0 where the table is whole."""
    return cumulative - sum(parts.values())


def means_of_7(values: Sequence[int]) -> list[float | None]:
    """The mean of each day and the six before it; None for the first six."""
    return [
        None if end < WEEK else sum(values[end - WEEK : end]) / WEEK
        for end in range(1, len(values) + 1)
    ]
