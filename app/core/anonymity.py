"""Records that can lose their identity and stay: the mark they then carry."""

from datetime import date

from sqlalchemy import Date
from sqlalchemy.orm import Mapped

from app.core.items import Enterer, Privacy, item
from app.core.sections import SYSTEM

MARK = "anonymised_on"


class Anonymisable:
    """Mixin of what is kept for the statistics after its retention period (see app.retention).

    The mark is read with every record, so that no page and no save has to ask for it.
    """

    anonymised_on: Mapped[date | None] = item(
        Date,
        section=SYSTEM,
        privacy=Privacy.OPERATIONAL,
        entered_by=(Enterer.SYSTEM,),
        editable=False,
        ja="匿名化日",
        en="Anonymised on",
        source="保存期限（設定）",
    )
