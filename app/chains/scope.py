"""Which clusters exist for an actor, and which of their members.

| roles | clusters | members |
| --- | --- | --- |
| health centre | those it looks into itself | those whose case it meets |
| authority, prefecture headquarters | those of the area | cases of the area |
| information centre, national institute | where granted: of its area, or all | the same |
| everybody else | none | none |

A case outside the actor's scope is no member to them: neither listed nor counted.
"""

from typing import Any

from sqlalchemy import ColumnElement, and_, false, select, true

from app.audit.history import historied
from app.cases.scope import of_visible_case
from app.chains.models import Cluster, ClusterMember
from app.contacts.scope import CHAIN_ROLES
from app.security.actor import Actor
from app.security.roles import DATA_ROLES, HEALTH_CENTRE_ROLES, Entry, RoleName
from app.security.rows import row_law

_CLUSTER = Cluster.__table__


@row_law(Cluster)
def visible_clusters(actor: Actor) -> ColumnElement[bool]:
    """The table above."""
    return _exists_for(actor, Cluster)


@row_law(ClusterMember)
def visible_members(actor: Actor) -> ColumnElement[bool]:
    """Members of visible clusters whose case exists for the actor as well."""
    if actor.role not in HEALTH_CENTRE_ROLES | CHAIN_ROLES:
        return false()
    cluster = _CLUSTER.alias()
    of_cluster = (
        select(cluster.c.id)
        .where(cluster.c.id == ClusterMember.cluster_id, _exists_for(actor, cluster.c))
        .exists()
    )
    return and_(of_cluster, of_visible_case(actor, ClusterMember.case_id))


def _exists_for(actor: Actor, cluster: Any) -> ColumnElement[bool]:
    """``cluster`` is the model or a table's columns."""
    whole_country = actor.role is RoleName.NATIONAL_INSTITUTE
    granted = actor.role not in DATA_ROLES or Entry.CASE_DATA in actor.entries
    if actor.role in HEALTH_CENTRE_ROLES:
        return _same(cluster.responsible_centre_id, actor.institution_id)
    if actor.role not in CHAIN_ROLES or not granted:
        return false()
    if whole_country:
        return true()
    # Who serves a whole prefecture has no authority of its own.
    of_prefecture = actor.role is RoleName.PREFECTURE_SUPERVISOR or (
        actor.role is RoleName.INFORMATION_CENTRE and actor.authority_id is None
    )
    if of_prefecture:
        return _same(cluster.prefecture_code, actor.prefecture_code)
    return _same(cluster.authority_id, actor.authority_id)


def _same(column: Any, value: object) -> ColumnElement[bool]:
    condition: ColumnElement[bool] = false() if value is None else column == value
    return condition


historied(Cluster, as_="cluster")
historied(ClusterMember, as_="cluster_member", case="case_id")
