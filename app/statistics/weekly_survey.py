"""療養状況等調査: the ministry's weekly table (Wednesday 0:00) in its forms of 2022 and 2020. Pure.

What each column is called, what it means and what it is made from stands here alone: the numbers
people type, the workbook and the page of definitions are made from it. The texts of the form's
notes were not published; the sentences are those of the figures they are made from.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from app.coordination.bed_figures import VALID_DAYS, BedSums, RoomSums
from app.core.labels import Label
from app.statistics import care, derived
from app.statistics.definitions import STOCK_INDICATORS, Indicator
from app.statistics.derived import Derived
from app.statistics.stages import SEVERE_BED_USE

Form = Literal["2022", "2020"]
Numbers = Mapping[str, int | None]
"""Numbers of the form by key; None is not known."""
_WEDNESDAY = 2
_STOCKS = {one.key: one for one in STOCK_INDICATORS}
FROM_CASES = Label("患者の療養状況（療養先の記録）から集計", "Counted from the stays of cases")
FROM_BEDS = Label(
    f"医療機関の病床申告（調査日の前日以前{VALID_DAYS}日間の最新）から集計",
    f"Sum of the hospitals' latest declarations of the {VALID_DAYS} days before",
)
FROM_ROOMS = Label(
    "宿泊療養施設の部屋の登録（現在）から集計", "From the rooms of the hotels, as of now"
)
FROM_TESTS = Label(
    "検査実施件数の入力値の合計（直近1週間）", "Sum of the tests entered for the week"
)
TYPED = Label(
    "調査票への入力値（ポータルでは把握していない）", "Typed; the portal does not know it"
)


@dataclass(frozen=True, slots=True)
class Column:
    """A column: a number (``made`` None), or what is made from the form's numbers.

    ``origin`` says where the portal takes a number from, None where it can only be typed; ``mark``
    is the column's place in the form of 2022.
    """

    key: str
    label: Label
    sentence: Label
    formula: str
    mark: str = ""
    origin: Label | None = None
    made: Callable[[Numbers], float | None] | None = None
    decimals: int | None = None

    def of(self, numbers: Numbers) -> float | None:
        """The cell of a place; None for what is not known."""
        return numbers.get(self.key) if self.made is None else self.made(numbers)


def _counted(
    key: str, label: Label, figure: Derived | Indicator, origin: Label, mark: str = ""
) -> Column:
    return Column(key, label, figure.sentence, figure.formula, mark, origin)


def _typed(key: str, label: Label, mark: str) -> Column:
    return Column(key, label, TYPED, "typed", mark)


def _made(key: str, figure: Derived, mark: str, made: Callable[[Numbers], float | None]) -> Column:
    label, decimals = figure.label, figure.decimals
    return Column(key, label, figure.sentence, figure.formula, mark, made=made, decimals=decimals)


def _stocks(numbers: Numbers) -> dict[str, int]:
    """People by place as the roll-up names them; the form has social facilities in ``home``."""
    places = {"in_hospital": "hospital", "hotel": "hotel", "home": "home", "waiting": "waiting"}
    known = ((place, numbers.get(key)) for place, key in places.items())
    return {place: number for place, number in known if number is not None}


def _in_care(numbers: Numbers) -> int | None:
    """The sum of the places, where one of them is known."""
    stocks = _stocks(numbers)
    return derived.people_in_care(stocks) if stocks else None


def _home_alone(numbers: Numbers) -> int | None:
    home = numbers.get("home")
    return None if home is None else home - (numbers.get("social_facility") or 0)


HOSPITAL = _counted(
    "hospital",
    Label("入院者数", "In hospital"),
    _STOCKS["in_hospital"],
    FROM_CASES,
    "(2)①-1",
)
BEDS_SECURED = _counted(
    "beds_secured",
    Label("確保病床数", "Beds secured"),
    care.BEDS_SECURED,
    FROM_BEDS,
    "(2)① 注4",
)
SEVERE = _counted(
    "severe", Label("うち重症者数", "Severe"), _STOCKS["severe"], FROM_CASES, "(2)②-1"
)
SEVERE_SECURED = _counted(
    "severe_beds_secured",
    Label("重症者用 確保病床数", "For severe cases: secured"),
    care.SEVERE_SECURED,
    FROM_BEDS,
)
HOTEL = _counted(
    "hotel", Label("宿泊療養者数", "In hotels"), _STOCKS["hotel"], FROM_CASES, "(3)①-1"
)
ROOMS_USABLE = _counted(
    "rooms_usable",
    Label("即応居室数", "Rooms usable now"),
    care.ROOMS_USABLE,
    FROM_ROOMS,
    "(3)① 注7",
)
HOME = Column(
    "home",
    Label("自宅療養者数", "At home"),
    Label(
        "自宅又は社会福祉施設等で療養している人数。",
        "People cared for at home or in social facilities.",
    ),
    "at home + in social facilities",
    "(5)①-1",
    FROM_CASES,
)
SOCIAL_FACILITY = _counted(
    "social_facility",
    Label("うち社会福祉施設等療養者数", "Of them in social facilities"),
    _STOCKS["social_facility"],
    FROM_CASES,
    "(5)①-2",
)
WAITING = _counted(
    "waiting", Label("確認中の人数", "Being confirmed"), _STOCKS["waiting"], FROM_CASES
)
TESTS = Column(
    "tests",
    Label("PCR検査実施件数", "PCR tests"),
    Label("直近1週間の検査実施件数の合計。", "Tests of the last week."),
    "Σ7 tests",
    "",
    FROM_TESTS,
)
FORM_2022: tuple[Column, ...] = (
    _made("in_care", care.IN_CARE, "(1)", _in_care),
    HOSPITAL,
    _counted(
        "hospital_secured",
        Label("うち確保病床に入院", "Of them in secured beds"),
        care.IN_BEDS,
        FROM_BEDS,
        "(2)①-2",
    ),
    _typed(
        "hospital_temporary",
        Label("うち臨時の医療施設・入院待機施設", "Of them in temporary facilities"),
        "(2)①-3",
    ),
    _made(
        "admission_rate",
        derived.ADMISSION_RATE,
        "(2)① 注6",
        lambda n: derived.admission_rate(_stocks(n)),
    ),
    _typed("phase_now", Label("病床 現フェーズ", "Beds: phase now"), "(2)① 注2"),
    _typed("phase_last", Label("病床 最終フェーズ", "Beds: last phase"), "(2)① 注2"),
    _counted(
        "beds_usable",
        Label("即応病床数", "Beds usable now"),
        care.BEDS_USABLE,
        FROM_BEDS,
        "(2)① 注3",
    ),
    BEDS_SECURED,
    _made(
        "bed_use",
        derived.BED_USE,
        "(2)① 注5",
        lambda n: derived.bed_use(n.get("hospital_secured"), n.get("beds_secured")),
    ),
    SEVERE,
    _counted(
        "severe_secured",
        Label("うち重症者用確保病床に入院", "Severe in secured beds"),
        care.IN_SEVERE,
        FROM_BEDS,
        "(2)②-2",
    ),
    _typed(
        "severe_temporary",
        Label("うち臨時の医療施設等の重症者", "Severe in temporary facilities"),
        "(2)②-3",
    ),
    _counted(
        "severe_beds_usable",
        Label("重症者用 即応病床数", "For severe cases: usable now"),
        care.SEVERE_USABLE,
        FROM_BEDS,
    ),
    SEVERE_SECURED,
    _made(
        "severe_bed_use",
        SEVERE_BED_USE,
        "(2)②",
        lambda n: derived.bed_use(n.get("severe_secured"), n.get("severe_beds_secured")),
    ),
    HOTEL,
    _typed("hotel_part", Label("宿泊療養者数の内訳", "Of them (part)"), "(3)①-2"),
    ROOMS_USABLE,
    _counted(
        "rooms_secured",
        Label("確保居室数", "Rooms secured"),
        care.ROOMS_SECURED,
        FROM_ROOMS,
        "(3)① 注8",
    ),
    _made(
        "room_use",
        care.HOTEL_USE,
        "(3)① 注9",
        lambda n: derived.room_use(n.get("hotel"), n.get("rooms_secured")),
    ),
    HOME,
    SOCIAL_FACILITY,
    WAITING,
)


def _called(column: Column, ja: str, en: str) -> Column:
    """The same column under the first form's word."""
    return replace(column, label=Label(ja, en))


FORM_2020: tuple[Column, ...] = (
    HOSPITAL,
    _called(BEDS_SECURED, "受入確保病床数", "Beds secured"),
    _called(SEVERE, "重症者数", "Severe"),
    _called(SEVERE_SECURED, "重症患者受入確保病床数", "Beds secured for the severe"),
    HOTEL,
    _called(ROOMS_USABLE, "宿泊施設受入可能室数", "Hotel rooms that can take people"),
    Column(
        "home_alone",
        HOME.label,
        _STOCKS["home"].sentence,
        "at home, with social facilities − in social facilities",
        made=_home_alone,
    ),
    _called(SOCIAL_FACILITY, "社会福祉施設等療養者数", "In social facilities"),
    WAITING,
    TESTS,
)
FORMS: Mapping[Form, tuple[Column, ...]] = {"2020": FORM_2020, "2022": FORM_2022}
COLUMNS: Mapping[str, Column] = {one.key: one for one in (*FORM_2022, TESTS)}
"""Every column by key, in the order of the form of 2022."""
NUMBERS = tuple(one.key for one in COLUMNS.values() if one.made is None)
"""Those that are numbers and may be typed."""


def known_numbers(
    stocks: Mapping[str, int], beds: BedSums, rooms: RoomSums, tests: int | None
) -> dict[str, int | None]:
    """What the portal knows of a place; beds nobody declared and rooms nobody has stay empty."""
    found: dict[str, int | None] = dict.fromkeys(NUMBERS)
    found |= {key: stocks[key] for key in ("severe", "hotel", "social_facility", "waiting")}
    found["hospital"] = stocks["in_hospital"]
    found["home"] = stocks["home"] + stocks["social_facility"]
    found["tests"] = tests
    if beds.hospitals:
        found["hospital_secured"], found["severe_secured"] = beds.occupied, beds.severe_occupied
        found["beds_usable"], found["severe_beds_usable"] = beds.usable, beds.severe_usable
        found["beds_secured"], found["severe_beds_secured"] = beds.total, beds.severe_total
    if rooms.total:
        found["rooms_usable"], found["rooms_secured"] = rooms.usable, rooms.total
    return found


def day_of_survey(day: date) -> date:
    """The Wednesday whose 0:00 a day's survey speaks of: the day itself, or the last one before."""
    return day - timedelta(days=(day.weekday() - _WEDNESDAY) % 7)


def counted_until(wednesday: date) -> date:
    """Wednesday 0:00 is the end of Tuesday: the last day the figures are of."""
    return wednesday - timedelta(days=1)
