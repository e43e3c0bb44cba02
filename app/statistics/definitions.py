"""What every figure means, in one sentence: screens, cover sheets and documents read this.

Small cells are shown as they are to those whose duty the area is, and as totals of prefectures
and authorities to the ministry. Nothing here is published; publication hides small cells.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from app.core.labels import Label

if TYPE_CHECKING:
    from app.statistics.queries import Figures

PEOPLE = Label("人", "people")
PERCENT = Label("％", "%")
PER_100K = Label("人／10万人", "people per 100,000")


@dataclass(frozen=True, slots=True)
class Indicator:
    """A figure of the roll-up. ``over`` says for which days: of the period, or at its end."""

    key: str
    label: Label
    sentence: Label
    formula: str
    source: str
    unit: Label
    over: Literal["period", "last_day", "until_last_day"]
    value: Callable[["Figures"], int | float | None]
    decimals: int | None = None
    """None for a count of people."""


NEW = Indicator(
    "new",
    Label("新規陽性者数", "New cases"),
    Label(
        "期間内の日付（届出日・診断日・発症日・公表日のうち選択したもの）をもつ、確定した患者・"
        "無症状病原体保有者・感染症死亡者の死体の数。保健所が受理したもの又は取り込まれたものに限り、"
        "疑似症患者、受理待ち、差戻し、取下げは含まない。再陽性は別の罹患として登録されたものを含む。",
        "Confirmed patients, asymptomatic carriers and bodies whose date (of the chosen basis: "
        "report, diagnosis, onset or publication) lies in the period. Only cases accepted by a "
        "health centre or imported; suspected, waiting, returned and withdrawn ones are left out. "
        "A second infection registered as its own episode counts again.",
    ),
    "Σ new(day), first day ≤ day ≤ last day",
    "R114, R122; 公表・確定・発症の3系列",
    PEOPLE,
    "period",
    lambda f: f.new,
)
UNLINKED_CASES = Indicator(
    "unlinked",
    Label("感染リンク不明", "Without known link"),
    Label(
        "新規陽性者のうち、感染リンクの有無が「無」又は「不明」のもの。未入力は含まない。",
        "New cases whose known link is answered with no or unknown. Not yet asked is left out.",
    ),
    "Σ unlinked(day)",
    "R73; 療養状況等調査 アンリンク",
    PEOPLE,
    "period",
    lambda f: f.unlinked,
)
UNLINKED_SHARE = Indicator(
    "unlinked_share",
    Label("感染経路不明割合", "Share without known link"),
    Label("感染リンク不明 ÷ 新規陽性者数。", "Cases without known link ÷ new cases."),
    "unlinked ÷ new × 100",
    "R119; ステージ判断指標 感染経路不明割合",
    PERCENT,
    "period",
    lambda f: f.unlinked_share,
    1,
)
RATE = Indicator(
    "per_100k",
    Label("人口10万人当たり", "Per 100,000"),
    Label(
        "新規陽性者数 ÷ 人口 × 100,000。都道府県の人口は令和2年国勢調査。保健所と設置自治体の人口は、都道府県又は"
        "設置自治体が登録した市区町村の人口の合計とし、1つでも未登録なら空欄とする。",
        "New cases ÷ population × 100,000. Prefectures by the census of 2020; health centres and "
        "authorities by the populations of their municipalities, which the prefecture or the "
        "authority enters, and blank while one of them is missing.",
    ),
    "new ÷ population × 100,000",
    "R122; ステージ判断指標",
    PER_100K,
    "period",
    lambda f: f.per_100k,
    2,
)
CUMULATIVE = Indicator(
    "cumulative",
    Label("累計", "Cumulative"),
    Label(
        "最終日までの新規陽性者数の合計。選択した日付が不明の患者は含まない。",
        "All new cases up to the last day. Cases without the chosen date are left out.",
    ),
    "Σ new(day), day ≤ last day",
    "オープンデータ 陽性者数（累計）",
    PEOPLE,
    "until_last_day",
    lambda f: f.cumulative,
)
UNDATED = Indicator(
    "undated",
    Label("日付不明", "Date not known"),
    Label(
        "選択した日付が入力されていない患者数。期間は届出日（なければ診断日、発症日、公表日）による。"
        "無症状病原体保有者には発症日がない。",
        "Cases without the chosen date, in the period by their report date (or else diagnosis, "
        "onset, publication). Asymptomatic carriers have no onset date.",
    ),
    "Σ undated(day)",
    "独自",
    PEOPLE,
    "period",
    lambda f: f.undated,
)


def _stock(key: str, ja: str, en: str, sentence: Label, source: str) -> Indicator:
    return Indicator(
        key,
        Label(ja, en),
        sentence,
        "Σ change(day), day ≤ last day",
        source,
        PEOPLE,
        "last_day",
        lambda f: f.stocks[key],
    )


_LEAVES = Label("退院・退所した日は数えない。", "The day of leaving is not counted.")

STOCK_INDICATORS = (
    _stock(
        "in_hospital",
        "入院中",
        "In hospital",
        Label(
            f"最終日に医療機関に入院している人数（重症を含む）。{_LEAVES.ja}",
            f"People in hospital on the last day, severe ones included. {_LEAVES.en}",
        ),
        "療養状況等調査 入院者数",
    ),
    _stock(
        "severe",
        "うち重症",
        "Of them severe",
        Label(
            "入院中のうち、ICU・人工呼吸器・ECMOのいずれかを使用している人数。",
            "Of those in hospital: in intensive care, on a ventilator or on ECMO.",
        ),
        "療養状況等調査 重症者数",
    ),
    _stock(
        "hotel",
        "宿泊療養",
        "In hotels",
        Label(
            f"最終日に宿泊療養施設にいる人数。{_LEAVES.ja}",
            f"People in hotels for recuperation on the last day. {_LEAVES.en}",
        ),
        "療養状況等調査 宿泊療養者数",
    ),
    _stock(
        "home",
        "自宅療養",
        "At home",
        Label("最終日に自宅で療養している人数。", "People cared for at home on the last day."),
        "療養状況等調査 自宅療養者数",
    ),
    _stock(
        "social_facility",
        "社会福祉施設等",
        "Social facilities",
        Label(
            "最終日に社会福祉施設等で療養している人数。",
            "People cared for in social facilities on the last day.",
        ),
        "療養状況等調査 社会福祉施設等療養者数",
    ),
    _stock(
        "waiting",
        "調整中",
        "Waiting",
        Label(
            "最終日に入院・療養先を調整している人数。",
            "People waiting for a place of care on the last day.",
        ),
        "オープンデータ 調整中",
    ),
)
DISCHARGED = Indicator(
    "discharged",
    Label("退院・療養解除", "Discharged"),
    Label(
        "期間内に退院又は療養解除となった人数。",
        "People discharged or released from care in the period.",
    ),
    "Σ discharged(day)",
    "オープンデータ 退院",
    PEOPLE,
    "period",
    lambda f: f.discharged,
)
DIED = Indicator(
    "died",
    Label("死亡", "Died"),
    Label("期間内に死亡した人数。", "People who died in the period."),
    "Σ died(day)",
    "オープンデータ 死亡",
    PEOPLE,
    "period",
    lambda f: f.died,
)
DISCHARGED_TOTAL = Indicator(
    "discharged_total",
    Label("退院・療養解除（累計）", "Discharged (cumulative)"),
    Label(
        "最終日までの退院・療養解除の合計。退院日が不明のものを含む。",
        "All discharged up to the last day, those without a date included.",
    ),
    "Σ discharged(day), day ≤ last day",
    "オープンデータ 退院",
    PEOPLE,
    "until_last_day",
    lambda f: f.discharged_total,
)
DIED_TOTAL = Indicator(
    "died_total",
    Label("死亡（累計）", "Died (cumulative)"),
    Label(
        "最終日までの死亡の合計。死亡日が不明のものを含む。",
        "All deaths up to the last day, those without a date included.",
    ),
    "Σ died(day), day ≤ last day",
    "オープンデータ 死亡",
    PEOPLE,
    "until_last_day",
    lambda f: f.died_total,
)

INDICATORS = (
    NEW,
    UNLINKED_CASES,
    UNLINKED_SHARE,
    RATE,
    DISCHARGED,
    DIED,
    UNDATED,
    CUMULATIVE,
    *STOCK_INDICATORS,
    DISCHARGED_TOTAL,
    DIED_TOTAL,
)
"""In the order of tables and files: of the period, then at its end."""
TABLE_INDICATORS = tuple(
    i for i in INDICATORS if i.key not in ("undated", "discharged_total", "died_total")
)
"""The columns of the page; files hold all."""
NOTES = (
    Label(
        "居住都道府県（不明のときは最初に届け出られた都道府県）、担当保健所とその設置自治体で集計する。"
        "担当が移った患者は、過去の日付の分も現在の担当に計上する。",
        "Counted in the prefecture of residence (of the first report where that is not known) and "
        "by the responsible health centre and its authority. A case handed over counts there for "
        "its whole course.",
    ),
    Label(
        "保健所の設置自治体が変わったときは、変わる前に届け出られた患者は前の設置自治体に、その後の患者は"
        "新しい設置自治体に計上する。保健所としての数は通して計上する。",
        "Where a health centre moved to another authority, cases notified before count at the "
        "former one and later ones at the new; the health centre keeps them all.",
    ),
    Label(
        "氏名その他の個人を識別する情報は含まない。少数の値の秘匿は行っていないため、そのまま公表しないこと。",
        "Holds no identity. Small values are not suppressed, so do not publish as it is.",
    ),
)
