"""A case is found by its 登録ID, the number NESID knows it under."""

from sqlalchemy import ColumnElement, select

from app.cases.models import Case
from app.cases.numbers import also_numbered
from app.core.japanese import normalise
from app.imports.models import ImportedCase
from app.imports.nesid import NESID

_IMPORTED = ImportedCase.__table__


@also_numbered
def by_imported_number(typed: str) -> ColumnElement[bool]:
    """The case that was imported under this number; the law of cases says whether it is there."""
    key = normalise(typed).strip().upper()
    mine = (_IMPORTED.c.source == NESID) & (_IMPORTED.c.key == key)
    found: ColumnElement[bool] = Case.id.in_(select(_IMPORTED.c.case_id).where(mine))
    return found
