"""The defined set of figures of a publication: each is an object that says what it means.

Their definitions are those of the statistics; here stands which of them are published, over which
days, and how each is made from what was read.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.coordination.bed_figures import BedSums
from app.core.labels import Label
from app.statistics import definitions, derived
from app.statistics.definitions import PEOPLE, Indicator
from app.statistics.derived import Derived
from app.statistics.queries import Figures
from app.statistics.stages import SEVERE_BED_USE

DAY = Label("対象日", "The day")
WEEK = Label("対象日までの7日間", "The 7 days up to the day")
TOTAL = Label("対象日まで", "Up to the day")
STATE = Label("対象日の終わり", "At the end of the day")
_DATE = Label("選択した日付による", "by the chosen date")


@dataclass(frozen=True, slots=True)
class Read:
    """What the figures of a publication are made from. Lists are the last 7 days."""

    day: Figures
    week: Figures
    previous: Figures
    population: int | None = None
    positives: Sequence[int | None] = ()
    negatives: Sequence[int | None] = ()
    beds: BedSums = field(default_factory=BedSums)
    """The declarations of hospitals in force on the day; none declared: nothing can be said."""
    has_places: bool = True
    """Somebody's place of care was recorded once; else nobody knows of anybody where they are."""
    has_links: bool = True
    """The question of the link was answered once."""


@dataclass(frozen=True, slots=True)
class Published:
    """A figure that is given out: what it means, of which days, and how it is made."""

    key: str
    label: Label
    sentence: Label
    formula: str
    source: str
    unit: Label
    over: Label
    date_basis: Label
    value: Callable[[Read], float | None] = field(compare=False)
    decimals: int | None = None

    def described(self, read: Read) -> dict[str, Any]:
        """The figure with everything about it, as files hold it."""
        value = self.value(read)
        return {
            "key": self.key,
            "value": value
            if value is None or self.decimals is None
            else round(value, self.decimals),
            "label": both(self.label),
            "unit": both(self.unit),
            "over": both(self.over),
            "date_basis": both(self.date_basis),
            "sentence": both(self.sentence),
            "formula": self.formula,
            "source": self.source,
        }


def both(label: Label) -> dict[str, str]:
    """A label in both languages."""
    return {"ja": label.ja, "en": label.en}


def _count(
    key: str, indicator: Indicator, over: Label, value: Callable[[Read], float | None]
) -> Published:
    by = STATE if indicator.over == "last_day" else _DATE
    return Published(
        key,
        indicator.label,
        indicator.sentence,
        indicator.formula,
        indicator.source,
        PEOPLE,
        over,
        by,
        value,
    )


def _stock(indicator: Indicator) -> Published:
    return _count(
        indicator.key,
        indicator,
        STATE,
        lambda read: indicator.value(read.day) if read.has_places else None,
    )


def _ratio(one: Derived, over: Label, value: Callable[[Read], float | None]) -> Published:
    return Published(
        one.key,
        one.label,
        one.sentence,
        one.formula,
        one.source,
        one.unit,
        over,
        one.date_basis,
        value,
        one.decimals,
    )


def _in_care(read: Read) -> int | None:
    return derived.people_in_care(read.day.stocks) if read.has_places else None


PUBLISHED: tuple[Published, ...] = (
    _count("new", definitions.NEW, DAY, lambda r: r.day.new),
    _count("new_week", definitions.NEW, WEEK, lambda r: r.week.new),
    _count("cumulative", definitions.CUMULATIVE, TOTAL, lambda r: r.day.cumulative),
    *(_stock(indicator) for indicator in definitions.STOCK_INDICATORS),
    _count(
        "discharged_total", definitions.DISCHARGED_TOTAL, TOTAL, lambda r: r.day.discharged_total
    ),
    _count("died_total", definitions.DIED_TOTAL, TOTAL, lambda r: r.day.died_total),
    _ratio(derived.WEEK_PER_100K, WEEK, lambda r: derived.per_100k(r.week.new, r.population)),
    _ratio(derived.WEEK_RATIO, WEEK, lambda r: derived.share(r.week.new, r.previous.new)),
    _ratio(derived.SIMPLE_R, WEEK, lambda r: derived.simple_r(r.week.new, r.previous.new)),
    _ratio(derived.POSITIVITY, WEEK, lambda r: derived.positivity(r.positives, r.negatives)),
    _ratio(
        derived.UNLINKED,
        WEEK,
        lambda r: derived.percent(r.week.unlinked if r.has_links else None, r.week.new),
    ),
    _ratio(
        derived.CARE_PER_100K,
        STATE,
        lambda r: derived.per_100k(_in_care(r), r.population),
    ),
    _ratio(
        derived.ADMISSION_RATE,
        STATE,
        lambda r: derived.admission_rate(r.day.stocks),
    ),
    _ratio(derived.BED_USE, STATE, lambda r: derived.bed_use(r.beds.occupied, r.beds.total)),
    _ratio(
        SEVERE_BED_USE,
        STATE,
        lambda r: derived.bed_use(r.beds.severe_occupied, r.beds.severe_total),
    ),
)
BY_KEY: Mapping[str, Published] = {one.key: one for one in PUBLISHED}


def definitions_version() -> str:
    """Another one as soon as any published figure means something else."""
    said = "\n".join(
        f"{one.key}|{one.sentence.ja}|{one.sentence.en}|{one.formula}|{one.over.ja}"
        for one in PUBLISHED
    )
    return hashlib.sha256(said.encode()).hexdigest()[:12]
