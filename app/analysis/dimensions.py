"""What a table can be broken down and filtered by: made from the declarations of the items.

An item that identifies somebody is none, whatever its kind: its privacy class says so, and nothing
here names items that are. Free text, encrypted items and keys of single practices are none either.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from app.cases.models import Case, LabTest, Stay
from app.core.crypto.types import Encrypted
from app.core.items import Item, Privacy, items_of
from app.core.labels import Label

Kind = Literal["code", "month", "week", "day", "band", "reference"]

SUBJECTS: Mapping[str, type[Any]] = {"case": Case, "lab_test": LabTest, "stay": Stay}
SUBJECT_LABELS: Mapping[str, Label] = {
    "case": Label("患者（症例）", "Cases"),
    "lab_test": Label("検査", "Tests"),
    "stay": Label("入院・療養", "Places of care"),
}
# Names of variants are short lists, as codes are.
_NAMES = ("Variant",)
# A practice may have one patient a day; areas and diseases are no practice.
_AREAS = ("Prefecture", "Municipality", "Disease")
_AREA_INSTITUTIONS = frozenset(
    {
        "authority_id",
        "responsible_centre_id",
        "residence_centre_id",
        "accepted_authority_id",
        "accepted_centre_id",
    }
)
BAND_YEARS = 5
OLDEST = 100
DATE_KINDS: Mapping[Kind, Label] = {
    "month": Label("月", "month"),
    "week": Label("週", "week"),
    "day": Label("日", "day"),
}
BELOW_PREFECTURE = frozenset({"municipality_code", *_AREA_INSTITUTIONS})
"""Dimensions of places smaller than a prefecture."""
AGGREGATE_CLASSES = frozenset(
    {Privacy.CLINICAL, Privacy.PROFILE, Privacy.EPIDEMIOLOGICAL, Privacy.OPERATIONAL}
)
"""Classes whose sums over whole prefectures say nothing of a person (see docs/adr/0016)."""


@dataclass(frozen=True, slots=True)
class Dimension:
    """One way to break a table down. ``key`` stands in addresses and never changes."""

    key: str
    subject: str
    kind: Kind
    item: Item

    @property
    def label(self) -> str:
        """The item's own words; of a date also the step."""
        if self.kind == "band":
            return str(Label("年齢（5歳階級）", "Age (5 years)"))
        step = DATE_KINDS.get(self.kind)
        return str(self.item.label) if step is None else f"{self.item.label}（{step}）"

    @property
    def column(self) -> Any:
        """The mapped attribute, which the laws of rows and fields know."""
        return getattr(self.item.model, self.item.name)

    @property
    def is_filter(self) -> bool:
        """Dates are narrowed by the period; everything else by its values."""
        return self.kind in ("code", "reference")


@cache
def dimensions() -> Mapping[str, Dimension]:
    """Every dimension by its key, in the order of the declarations."""
    found = {}
    for subject, model in SUBJECTS.items():
        for item in items_of(model):
            for kind in _kinds(item):
                name = item.name if subject == "case" else f"{subject}.{item.name}"
                key = f"{name}.{kind}" if kind in DATE_KINDS or kind == "band" else name
                found[key] = Dimension(key, subject, kind, item)
    return found


def dimensions_of(subject: str) -> tuple[Dimension, ...]:
    """Those a table of the subject can have: its own, then those of its case."""
    every = dimensions().values()
    own = [one for one in every if one.subject == subject]
    return (*own, *(one for one in every if one.subject == "case" and subject != "case"))


def can_be_counted_by(item: Item) -> bool:
    """False for whatever points at one person; what guards and readers hold against the class."""
    column = getattr(item.model, item.name)
    return not item.privacy.is_personal and not isinstance(column.type, Encrypted)


def _kinds(item: Item) -> Iterator[Kind]:
    if not can_be_counted_by(item):
        return
    if item.kind == "code":
        yield "code"
    elif item.kind == "date":
        yield from DATE_KINDS
    elif item.name == "age_years":
        yield "band"
    elif item.kind == "reference" and _is_area(item):
        yield "reference"


def _is_area(item: Item) -> bool:
    return item.reference in (*_AREAS, *_NAMES) or item.name in _AREA_INSTITUTIONS
