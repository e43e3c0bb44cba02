"""療養状況等調査: the ministry's weekly table (Wednesday 0:00) in its forms of 2020 and 2022.

What the portal does not hold (beds of the last phase, temporary facilities) stays empty, never 0.
The texts of the form's notes were not published; the sentences here are those of this portal.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from app.core.labels import Label
from app.statistics.care import Capacity, admission_rate
from app.statistics.derived import people_in_care
from app.statistics.queries import Figures

Form = Literal["2020", "2022"]
_WEDNESDAY = 2


@dataclass(frozen=True, slots=True)
class Surveyed:
    """What a line is made from: the figures at the end of Tuesday, and the places of care."""

    figures: Figures
    capacity: Capacity
    tests: int | None = None
    """PCR tests of the week; None where nobody counted them."""

    def stock(self, name: str) -> int:
        """People in a place of care."""
        return self.figures.stocks[name]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the form; ``of`` gives None for what the portal does not hold."""

    key: str
    label: Label
    formula: str
    of: Callable[[Surveyed], float | None]
    decimals: int | None = None


def _beds(value: Callable[[Capacity], float | None]) -> Callable[[Surveyed], float | None]:
    """Nothing is known of beds where no hospital declared any."""
    return lambda s: value(s.capacity) if s.capacity.hospitals else None


def _nowhere(_surveyed: Surveyed) -> None:
    return None


_HOSPITAL = Column(
    "in_hospital",
    Label("入院者数", "In hospital"),
    "in hospital",
    lambda s: s.stock("in_hospital"),
)
_SEVERE = Column("severe", Label("重症者数", "Severe"), "severe", lambda s: s.stock("severe"))
_HOTEL = Column(
    "hotel", Label("宿泊療養者数", "In hotels"), "in hotels", lambda s: s.stock("hotel")
)
_SOCIAL = Column(
    "social_facility",
    Label("社会福祉施設等療養者数", "In social facilities"),
    "in social facilities",
    lambda s: s.stock("social_facility"),
)
_WAITING = Column(
    "waiting",
    Label("確認中の人数", "Being checked"),
    "waiting for a place of care",
    lambda s: s.stock("waiting"),
)
FORM_2020: tuple[Column, ...] = (
    _HOSPITAL,
    Column(
        "beds",
        Label("受入確保病床数", "Beds secured"),
        "Σ secured beds declared",
        _beds(lambda c: c.beds),
    ),
    _SEVERE,
    Column(
        "severe_beds",
        Label("重症患者受入確保病床数", "Beds secured for the severe"),
        "Σ secured beds for the severe declared",
        _beds(lambda c: c.severe_beds),
    ),
    _HOTEL,
    Column(
        "rooms_usable",
        Label("宿泊施設受入可能室数", "Hotel rooms that can take people"),
        "Σ usable rooms",
        lambda s: s.capacity.rooms_usable,
    ),
    Column("home", Label("自宅療養者数", "At home"), "at home", lambda s: s.stock("home")),
    _SOCIAL,
    _WAITING,
    Column(
        "tests", Label("PCR検査実施件数", "PCR tests"), "Σ7 PCR tests by result", lambda s: s.tests
    ),
)
FORM_2022: tuple[Column, ...] = (
    Column(
        "in_care",
        Label("(1)療養者数", "(1) People in care"),
        "in hospital + hotel + home + social facility + waiting",
        lambda s: people_in_care(s.figures.stocks),
    ),
    Column(
        "in_hospital", Label("(2)①-1入院者数", "(2)①-1 In hospital"), "in hospital", _HOSPITAL.of
    ),
    Column(
        "in_beds",
        Label("(2)①-2うち確保病床に入院している者の数", "(2)①-2 Of them in secured beds"),
        "Σ people in secured beds declared",
        _beds(lambda c: c.in_beds),
    ),
    Column(
        "in_temporary",
        Label(
            "(2)①-3うち臨時の医療施設・入院待機施設にいる者の数",
            "(2)①-3 Of them in temporary facilities",
        ),
        "not held",
        _nowhere,
    ),
    Column(
        "beds_usable",
        Label("(2)①即応病床数", "(2)① Beds usable now"),
        "Σ usable beds declared",
        _beds(lambda c: c.beds_usable),
    ),
    Column(
        "beds",
        Label("(2)①確保病床数", "(2)① Beds secured"),
        "Σ secured beds declared",
        _beds(lambda c: c.beds),
    ),
    Column(
        "beds_last_phase",
        Label("(2)①最終フェーズの病床数", "(2)① Beds of the last phase"),
        "not held",
        _nowhere,
    ),
    Column(
        "bed_use",
        Label("(2)①確保病床使用率", "(2)① Use of secured beds"),
        "in secured beds ÷ secured beds × 100",
        _beds(lambda c: c.bed_use),
        1,
    ),
    Column(
        "admission_rate",
        Label("(2)①入院率", "(2)① Share in hospital"),
        "in hospital ÷ in care × 100",
        lambda s: admission_rate(s.figures.stocks),
        1,
    ),
    Column("severe", Label("(2)②-1うち重症者数", "(2)②-1 Severe"), "severe", _SEVERE.of),
    Column(
        "in_severe_beds",
        Label("(2)②-2うち重症者用確保病床に入院している者の数", "(2)②-2 Of them in secured beds"),
        "Σ people in beds for the severe declared",
        _beds(lambda c: c.in_severe_beds),
    ),
    Column(
        "severe_in_temporary",
        Label("(2)②-3うち臨時の医療施設等にいる者の数", "(2)②-3 Of them in temporary facilities"),
        "not held",
        _nowhere,
    ),
    Column(
        "severe_usable",
        Label("(2)②重症者用即応病床数", "(2)② Beds usable now for the severe"),
        "Σ usable beds for the severe declared",
        _beds(lambda c: c.severe_usable),
    ),
    Column(
        "severe_beds",
        Label("(2)②重症者用確保病床数", "(2)② Beds secured for the severe"),
        "Σ secured beds for the severe declared",
        _beds(lambda c: c.severe_beds),
    ),
    Column(
        "severe_bed_use",
        Label("(2)②重症者用確保病床使用率", "(2)② Use of beds for the severe"),
        "severe in secured beds ÷ secured beds for the severe × 100",
        _beds(lambda c: c.severe_bed_use),
        1,
    ),
    Column("hotel", Label("(3)①-1宿泊療養者数", "(3)①-1 In hotels"), "in hotels", _HOTEL.of),
    Column(
        "rooms_usable",
        Label("(3)①即応居室数", "(3)① Rooms usable now"),
        "Σ usable rooms",
        lambda s: s.capacity.rooms_usable,
    ),
    Column(
        "rooms",
        Label("(3)①確保居室数", "(3)① Rooms secured"),
        "Σ rooms",
        lambda s: s.capacity.rooms,
    ),
    Column(
        "hotel_use",
        Label("(3)①確保居室使用率", "(3)① Use of rooms"),
        "in hotels ÷ rooms × 100",
        lambda s: s.capacity.hotel_use(s.stock("hotel")),
        1,
    ),
    Column(
        "home",
        Label("(5)①-1自宅療養者等数", "(5)①-1 At home and the like"),
        "at home + social facilities",
        lambda s: s.stock("home") + s.stock("social_facility"),
    ),
    Column(
        "social_facility",
        Label("(5)①-2うち社会福祉施設等療養者数", "(5)①-2 Of them in social facilities"),
        "in social facilities",
        _SOCIAL.of,
    ),
    Column("waiting", Label("確認中の人数", "Being checked"), "waiting", _WAITING.of),
)
FORMS: dict[Form, tuple[Column, ...]] = {"2020": FORM_2020, "2022": FORM_2022}


def day_of_survey(day: date) -> date:
    """The Wednesday whose 0:00 a day's survey speaks of: the day itself, or the last one before."""
    return day - timedelta(days=(day.weekday() - _WEDNESDAY) % 7)


def counted_until(wednesday: date) -> date:
    """Wednesday 0:00 is the end of Tuesday: the last day the figures are of."""
    return wednesday - timedelta(days=1)


def line(form: Form, surveyed: Surveyed) -> tuple[float | None, ...]:
    """The cells of one place."""
    return tuple(column.of(surveyed) for column in FORMS[form])
