"""What the portal itself finds out about a case from its tests and its notification."""

from functools import partial

from sqlalchemy import Integer, String
from sqlalchemy.orm import Mapped

from app.cases.codes import VACCINE_DOSES, VARIANT_BASIS
from app.core.items import Enterer, Privacy, item
from app.core.sections import DIAGNOSIS

_derived = partial(
    item,
    section=DIAGNOSIS,
    privacy=Privacy.CLINICAL,
    entered_by=(Enterer.SYSTEM,),
    editable=False,
)


class CaseDerived:
    """Kept by the upkeep of the sums, in the transaction that changes what they follow from
    (see app/statistics/facts.py): lists, tables and sums then read the same."""

    variant_id: Mapped[int | None] = _derived(
        Integer,
        ja="変異株（検査結果から）",
        en="Variant (from its tests)",
        reference="Variant",
        foreign_key="variant.id",
        source="独自（ゲノム解析を優先、次にスクリーニング。同順位は判明日が新しいもの）",
    )
    variant_basis: Mapped[str | None] = _derived(
        String(20),
        ja="変異株の判定根拠",
        en="Variant known by",
        codes=VARIANT_BASIS,
        source="独自",
    )
    vaccine_doses: Mapped[str | None] = _derived(
        String(16),
        ja="発症前のワクチン接種回数",
        en="Vaccine doses before onset",
        codes=VACCINE_DOSES,
        source="発生届 18③（有効な発生届から）",
    )
