"""People tested in an area, from the numbers its headquarters enter (検査・相談の件数)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from app.core.db import db
from app.publication.models import WHOLE_PREFECTURE, AreaCount
from app.security.actor import acting_as, system_actor

_READER = system_actor("explanation of figures")


@dataclass(frozen=True, slots=True)
class Tested:
    """Positive and negative people of the days on which both were entered, in ``areas``."""

    positives: int = 0
    negatives: int = 0
    areas: int = 0


def tested_in(
    prefecture_codes: Sequence[str], authority_id: int | None, first: date, last: date
) -> Tested:
    """The sums of a period; a day with one of its two numbers missing is left out of both.

    The numbers are made to be published; the caller has judged the area.
    """
    columns = (
        func.sum(AreaCount.positives),
        func.sum(AreaCount.negatives),
        func.count(AreaCount.prefecture_code.distinct()),
    )
    statement = select(*columns).where(
        AreaCount.counted_on.between(first, last),
        AreaCount.positives.is_not(None),
        AreaCount.negatives.is_not(None),
    )
    if authority_id is not None:
        statement = statement.where(AreaCount.authority_id == authority_id)
    else:
        whole = AreaCount.authority_id == WHOLE_PREFECTURE
        statement = statement.where(whole, AreaCount.prefecture_code.in_(prefecture_codes))
    with acting_as(_READER):
        found = db.session.execute(statement).one()
    return Tested(*(int(number or 0) for number in found))
