"""People in care and the places for them: what each figure means."""

from app.coordination.bed_figures import VALID_DAYS
from app.core.labels import Label
from app.statistics import derived
from app.statistics.definitions import PEOPLE, PERCENT
from app.statistics.derived import Derived
from app.statistics.stages import SEVERE_BED_USE

BEDS, ROOMS = Label("床", "beds"), Label("室", "rooms")
_END = Label("対象日の24時現在", "At the end of the day")
_DECLARED = Label(
    f"対象日（医療機関が申告した最新の日。{VALID_DAYS - 1}日前までのもの）",
    f"The day (the latest each hospital declared, not older than {VALID_DAYS - 1} days)",
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
