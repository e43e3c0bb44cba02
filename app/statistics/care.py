"""People in care and the places for them: what each figure means, and the ratios. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.core.labels import Label
from app.statistics import derived
from app.statistics.definitions import PEOPLE, PERCENT
from app.statistics.derived import Derived, people_in_care, percent
from app.statistics.stages import SEVERE_BED_USE

BEDS, ROOMS = Label("床", "beds"), Label("室", "rooms")
_END = Label("対象日の24時現在", "At the end of the day")
_DECLARED = Label(
    "対象日（医療機関が申告した最新の日。6日前までのもの）",
    "The day (the latest each hospital declared, not older than 6 days)",
)
_NOW = Label("現在", "Now")
_SURVEY = "療養状況等調査（2020・2022）"


def _beds(key: str, ja: str, en: str, sentence: Label) -> Derived:
    return Derived(key, Label(ja, en), sentence, f"Σ {key}(hospital)", _SURVEY, BEDS, _DECLARED)


IN_CARE = Derived(
    "in_care",
    Label("療養者数", "People in care"),
    Label(
        "入院者＋宿泊療養者＋自宅療養者＋社会福祉施設等療養者＋調整中の人数。",
        "People in hospital, in hotels, at home, in social facilities and waiting for a place.",
    ),
    "in hospital + hotel + home + social facility + waiting",
    _SURVEY,
    PEOPLE,
    _END,
)
BEDS_SECURED = _beds(
    "beds",
    "確保病床数",
    "Beds secured",
    Label(
        "各医療機関が申告した確保病床数の合計。", "Beds secured, as the hospitals declared them."
    ),
)
BEDS_USABLE = _beds(
    "beds_usable",
    "即応病床数",
    "Beds usable now",
    Label("各医療機関が申告した即応病床数の合計。", "Beds usable at once, as declared."),
)
IN_BEDS = _beds(
    "in_beds",
    "確保病床に入院している者",
    "People in secured beds",
    Label("各医療機関が申告した入院者数の合計。", "People in these beds, as declared."),
)
SEVERE_SECURED = _beds(
    "severe_beds",
    "重症者用確保病床数",
    "Beds secured for the severe",
    Label("確保病床のうち重症者用のもの。", "Those of the secured beds that are for the severe."),
)
SEVERE_USABLE = _beds(
    "severe_usable",
    "重症者用即応病床数",
    "Beds usable now for the severe",
    Label("即応病床のうち重症者用のもの。", "Those of the usable beds that are for the severe."),
)
IN_SEVERE = _beds(
    "in_severe_beds",
    "重症者用確保病床に入院している者",
    "People in secured beds for the severe",
    Label("各医療機関が申告した重症者数の合計。", "People in beds for the severe, as declared."),
)
ROOMS_SECURED = Derived(
    "rooms",
    Label("確保居室数", "Hotel rooms secured"),
    Label("宿泊療養施設に登録された居室の数。", "Rooms registered for hotels for recuperation."),
    "Σ rooms(hotel)",
    _SURVEY,
    ROOMS,
    _NOW,
)
ROOMS_USABLE = Derived(
    "rooms_usable",
    Label("即応居室数", "Hotel rooms usable now"),
    Label("登録された居室のうち使用可のもの。", "Registered rooms that are in use."),
    "Σ usable rooms(hotel)",
    _SURVEY,
    ROOMS,
    _NOW,
)
HOTEL_USE = Derived(
    "hotel_use",
    Label("確保居室使用率", "Use of hotel rooms"),
    Label(
        "宿泊療養者数 ÷ 確保居室数。確保居室数は現在の登録による。",
        "People in hotels ÷ hotel rooms secured, as registered now.",
    ),
    "in hotels ÷ rooms × 100",
    "療養状況等調査（2022）確保居室使用率",
    PERCENT,
    _END,
    1,
)
CONTACTS_OBSERVED = Derived(
    "contacts_observed",
    Label("健康観察中の濃厚接触者", "Contacts under observation"),
    Label(
        "健康観察中で、観察期間が終わっていない接触者の数。",
        "Contacts under observation whose last day has not passed.",
    ),
    "Σ contacts(under observation, last day ≥ today)",
    "R94; 添付3-3",
    PEOPLE,
    _NOW,
)
NON_REPORTERS = Derived(
    "non_reporters",
    Label("本日の未報告者", "People who have not reported"),
    Label(
        "健康観察中の患者・接触者のうち、求められた直近の報告の期限を過ぎても報告がない人数。",
        "Observed cases and contacts whose latest report asked for is overdue.",
    ),
    "Σ observed people with an overdue report",
    "R94; 独自",
    PEOPLE,
    _NOW,
)
CARE = (
    IN_CARE,
    derived.CARE_PER_100K,
    derived.ADMISSION_RATE,
    BEDS_SECURED,
    BEDS_USABLE,
    IN_BEDS,
    derived.BED_USE,
    SEVERE_SECURED,
    SEVERE_USABLE,
    IN_SEVERE,
    SEVERE_BED_USE,
    ROOMS_SECURED,
    ROOMS_USABLE,
    HOTEL_USE,
    CONTACTS_OBSERVED,
    NON_REPORTERS,
)


@dataclass(frozen=True, slots=True)
class Capacity:
    """What hospitals and hotels of a place have. Without a hospital that declared, nobody knows
    how many beds there are: ``hospitals`` 0 makes every ratio of beds None."""

    hospitals: int = 0
    beds: int = 0
    beds_usable: int = 0
    in_beds: int = 0
    severe_beds: int = 0
    severe_usable: int = 0
    in_severe_beds: int = 0
    rooms: int = 0
    rooms_usable: int = 0

    def __add__(self, other: "Capacity") -> "Capacity":
        pairs = ((getattr(self, name), getattr(other, name)) for name in self.__slots__)
        return Capacity(*(one + more for one, more in pairs))

    @property
    def bed_use(self) -> float | None:
        """確保病床使用率 in percent."""
        return percent(self.in_beds, self.beds)

    @property
    def severe_bed_use(self) -> float | None:
        """重症者用確保病床使用率 in percent."""
        return percent(self.in_severe_beds, self.severe_beds)

    def hotel_use(self, in_hotels: int) -> float | None:
        """確保居室使用率 in percent."""
        return percent(in_hotels, self.rooms)


def admission_rate(stocks: Mapping[str, int]) -> float | None:
    """入院率 in percent; None where nobody is in care."""
    return percent(stocks["in_hospital"], people_in_care(stocks))
