"""Clusters of an area: how large, how many generations, how long quiet; never a person.

| roles | see |
| --- | --- |
| those to whom clusters exist (``app/chains/scope.py``) | each cluster, with the members that exist for them |
| all others, the ministry among them | how many clusters by setting and status, counted by the system |
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from app.cases.models import Case
from app.chains.codes import CLUSTER_STATUS
from app.chains.models import Cluster, ClusterMember
from app.chains.rules import lay_out, links
from app.contacts.models import ContactExposure
from app.core.db import db
from app.security.actor import Actor, acting_as, system_actor
from app.security.roles import DATA_ROLES, Entry, role_of
from app.statistics.areas import Area

LIMIT = 200
"""Clusters on one page, those reported last first."""
OVER = "over"
_COUNTING = system_actor("counts of clusters")


@dataclass(frozen=True, slots=True)
class ClusterSum:
    """A cluster in numbers. ``generations``: 1 where nobody is known to have infected another."""

    id: int
    name: str
    status: str
    setting: str | None
    size: int
    generations: int
    last_on: date | None
    quiet_days: int | None


def sees_clusters(actor: Actor) -> bool:
    """Whether clusters themselves exist for the actor, not only their number."""
    granted = actor.role not in DATA_ROLES or Entry.CASE_DATA in actor.entries
    return granted and role_of(actor.role).may("list", "cluster")


def clusters_of(area: Area, since: date, until: date) -> tuple[list[ClusterSum], bool]:
    """Clusters that go on, or ended on ``since`` or later; and whether there are more.

    Days without a case are counted up to ``until``. Three statements: clusters, their members that exist for the actor, the links between these.
    """
    wanted = select(Cluster.id, Cluster.name, Cluster.status, Cluster.setting)
    wanted = wanted.where(_lately(area, since)).order_by(Cluster.created_at.desc(), Cluster.id)
    rows = db.session.execute(wanted.limit(LIMIT + 1)).all()
    found = rows[:LIMIT]
    members = _members([row.id for row in found])
    edges = _edges(members)
    sums = [_sum(row, members.get(row.id, {}), edges, until) for row in found]
    return sums, len(rows) > LIMIT


def counts_of(area: Area, since: date) -> Mapping[tuple[str | None, str], int]:
    """(setting, status) → clusters, for readers to whom no cluster exists."""
    with acting_as(_COUNTING):
        statement = select(Cluster.setting, Cluster.status, func.count())
        grouped = statement.where(_lately(area, since)).group_by(Cluster.setting, Cluster.status)
        rows = db.session.execute(grouped).all()
    return {(setting, status): n for setting, status, n in rows}


def by_setting(sums: Sequence[ClusterSum]) -> dict[str | None, tuple[int, int]]:
    """Setting → (clusters, cases)."""
    clusters = Counter(one.setting for one in sums)
    cases: Counter[str | None] = Counter()
    for one in sums:
        cases[one.setting] += one.size
    return {setting: (n, cases[setting]) for setting, n in clusters.most_common()}


def _lately(area: Area, since: date) -> ColumnElement[bool]:
    conditions = [or_(Cluster.status != OVER, Cluster.to_on.is_(None), Cluster.to_on >= since)]
    for column, key in (
        (Cluster.prefecture_code, area.prefecture_code),
        (Cluster.authority_id, area.authority_id),
        (Cluster.responsible_centre_id, area.centre_id),
    ):
        if key is not None:
            conditions.append(column == key)
    return and_(*conditions)


def _members(clusters: Sequence[int]) -> dict[int, dict[int, date | None]]:
    """Cluster → case → the day it is counted at: onset, else diagnosis, else report."""
    day = func.coalesce(Case.onset_on, Case.diagnosed_on, Case.reported_on)
    statement = (
        select(ClusterMember.cluster_id, ClusterMember.case_id, day)
        .join(Case, Case.id == ClusterMember.case_id)
        .where(ClusterMember.cluster_id.in_(clusters))
    )
    found: dict[int, dict[int, date | None]] = defaultdict(dict)
    for cluster_id, case_id, on in db.session.execute(statement):
        found[cluster_id][case_id] = on
    return found


def _edges(members: Mapping[int, Mapping[int, Any]]) -> list[tuple[int, int]]:
    """(source, infected) between members of the same clusters."""
    both = and_(
        ContactExposure.case_id.in_(_cases(members)),
        ContactExposure.infected_case_id.in_(_cases(members)),
    )
    statement = select(ContactExposure.case_id, ContactExposure.infected_case_id).where(both)
    return [(source, infected) for source, infected in db.session.execute(statement)]


def _cases(members: Mapping[int, Mapping[int, Any]]) -> Any:
    """The members' cases as a statement, so that many of them make no longer one."""
    return select(ClusterMember.case_id).where(ClusterMember.cluster_id.in_(list(members)))


def _sum(
    row: Any, members: Mapping[int, date | None], edges: Sequence[tuple[int, int]], until: date
) -> ClusterSum:
    known = [on for on in members.values() if on is not None]
    last = max(known, default=None)
    days = {case: on or last or until for case, on in members.items()}
    places = lay_out(days, links(edges, days)).places.values() if days else ()
    generations = max((place.generation for place in places), default=-1) + 1
    quiet = None if last is None else max((until - last).days, 0)
    status = row.status if row.status in CLUSTER_STATUS else ""
    return ClusterSum(row.id, row.name, status, row.setting, len(members), generations, last, quiet)
