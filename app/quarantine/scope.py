"""Who meets the lists of a quarantine station and the people on them.

| role | lists and files | people |
| --- | --- | --- |
| quarantine station | its own | of its own lists |
| health centre | none | those assigned to it |
| prefecture headquarters | none | unassigned ones of its prefecture, without identity |
| everybody else | none | none |
"""

from typing import Any

from sqlalchemy import ColumnElement, and_, false

from app.audit.history import historied
from app.quarantine.models import Returnee, ReturneeDelivery, ReturneeList
from app.security.actor import Actor
from app.security.roles import HEALTH_CENTRE_ROLES, RoleName
from app.security.rows import row_law


@row_law(ReturneeList)
def visible_lists(actor: Actor) -> ColumnElement[bool]:
    """The station's own."""
    return _of_station(actor, ReturneeList)


@row_law(ReturneeDelivery)
def visible_deliveries(actor: Actor) -> ColumnElement[bool]:
    """The station's own."""
    return _of_station(actor, ReturneeDelivery)


@row_law(Returnee)
def visible_returnees(actor: Actor) -> ColumnElement[bool]:
    """The table above."""
    if actor.role in HEALTH_CENTRE_ROLES and actor.institution_id is not None:
        return and_(Returnee.centre_id == actor.institution_id)
    if actor.role is RoleName.PREFECTURE_SUPERVISOR and actor.prefecture_code is not None:
        return and_(
            Returnee.prefecture_code == actor.prefecture_code, Returnee.state == "unassigned"
        )
    return _of_station(actor, Returnee)


def _of_station(actor: Actor, model: Any) -> ColumnElement[bool]:
    if actor.role is not RoleName.QUARANTINE_STATION or actor.institution_id is None:
        return false()
    mine: ColumnElement[bool] = model.institution_id == actor.institution_id
    return mine


historied(ReturneeList, as_="returnee_list")
# The rows as sent stand here until they are emptied; what they became has its own history.
historied(ReturneeDelivery, as_="returnee_delivery", unkept=("rows", "source"))
historied(Returnee, as_="returnee")
