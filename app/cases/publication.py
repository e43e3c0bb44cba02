"""Which items of a case may be published: decided item by item with the patient, or not yet.

The sheets of health centres hold a column 公表の可否 beside every item a press release names
(R11, R126). An item that stands in neither list is not decided, which is not the same as yes:
whatever publishes asks :func:`may_publish` and leaves out what is not allowed.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

from sqlalchemy.orm import Mapped

from app.core.db import CodeSet
from app.core.items import Enterer, Privacy, item
from app.core.labels import CodeList
from app.core.sections import PUBLICATION

PUBLISHABLE = CodeList(
    "publishable_item",
    ("diagnosed_on", "診断年月日", "Diagnosed on"),
    ("age_group", "年代", "Age group"),
    ("sex", "性別", "Sex"),
    ("residence", "居住地（公表用）", "Residence as published"),
    ("occupation", "職業分類", "Occupation group"),
    ("travelled", "渡航歴の有無", "Travelled abroad"),
    ("travel_country", "渡航先", "Countries visited"),
    ("onset_on", "発症年月日", "Onset date"),
    ("symptoms", "症状", "Symptoms"),
    ("severity", "重症度", "Severity"),
    ("link_known", "感染リンクの有無", "Known link"),
    ("infection_place", "推定感染場所", "Presumed place of infection"),
    ("outcome", "転帰", "Outcome"),
    ("discharged_on", "退院日（療養解除日）", "Discharged on"),
)
"""Each value is the name of an item of the case, in the order of a press release."""

_decided = partial(
    item,
    CodeSet,
    section=PUBLICATION,
    privacy=Privacy.EPIDEMIOLOGICAL,
    entered_by=(Enterer.HEALTH_CENTRE,),
    codes=PUBLISHABLE,
    source="R11; 患者管理表「公表の可否」",
)


class CasePublication:
    """What may be published of a case, and what must not; both are part of its history."""

    published_items: Mapped[tuple[str, ...] | None] = _decided(
        ja="公表可の項目", en="May be published"
    )
    withheld_items: Mapped[tuple[str, ...] | None] = _decided(
        ja="公表不可の項目", en="Must not be published"
    )


def may_publish(case: CasePublication, name: str) -> bool | None:
    """True or False as decided for the item called ``name``; None while nobody has decided."""
    if name in (case.withheld_items or ()):
        return False
    return True if name in (case.published_items or ()) else None


def decided(case: CasePublication, decisions: Mapping[str, bool | None]) -> dict[str, Any]:
    """The two lists of the case with further decisions: item name → yes, no, or taken back.

    Items that no press release names are left out; nothing is written here.
    """
    now = {name: may_publish(case, name) for name in PUBLISHABLE.values} | dict(decisions)
    yes = tuple(name for name in PUBLISHABLE.values if now[name] is True)
    no = tuple(name for name in PUBLISHABLE.values if now[name] is False)
    return {"published_items": yes or None, "withheld_items": no or None}
