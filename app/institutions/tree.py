"""The tree as an institution sees it: its own branch, node by node, page by page."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, and_, false, func, or_, select, true

from app.core.db import db
from app.core.errors import NotAllowed, NotVisible
from app.institutions.models import Institution
from app.institutions.queries import open_institutions
from app.institutions.rules import is_managed_by
from app.security.actor import Actor
from app.security.rights import holds, require

PAGE = 50


@dataclass(frozen=True, slots=True)
class Children:
    """One page of what stands below a node; ``after`` and ``before`` are keys for the next and
    the previous page, None where there is none."""

    rows: Sequence[Institution]
    below: dict[int, int]
    after: int | None
    before: int | None


def branch_of(actor: Actor) -> ColumnElement[bool]:
    """The condition "in the branch of the actor's institution", itself included.

    An authority's rows carry its key, a headquarters' rows its prefecture; nothing deeper than
    one step hangs below anybody else.
    """
    if actor.is_system:
        return true()
    if actor.institution_id is None:
        return false()
    own = Institution.__table__.alias()
    above_all = (
        select(own.c.id)
        .where(
            own.c.id == actor.institution_id,
            or_(
                own.c.kind == "ministry",
                and_(
                    own.c.kind == "prefecture_hq",
                    own.c.prefecture_code == Institution.prefecture_code,
                ),
            ),
        )
        .exists()
    )
    return or_(
        Institution.id == actor.institution_id,
        Institution.parent_id == actor.institution_id,
        Institution.authority_id == actor.institution_id,
        above_all,
    )


def is_in_branch(institution_id: int, actor: Actor) -> bool:
    """True when the institution stands in the actor's branch."""
    found = select(Institution.id).where(Institution.id == institution_id, branch_of(actor))
    return db.session.scalar(found) is not None


def node_of(key: int | None, actor: Actor) -> Institution:
    """A node of the actor's branch; without a key its root.

    Raises:
        NotVisible: no such institution, or in another branch.
    """
    wanted = actor.institution_id if key is None else key
    statement = select(Institution).where(Institution.id == wanted, branch_of(actor))
    node = db.session.scalars(statement).one_or_none()
    if node is None:
        raise NotVisible(_l("There is no such record."))
    return node


def way_to(node: Institution, actor: Actor) -> list[Institution]:
    """The nodes from the root of the actor's branch down to ``node``, both included."""
    way = [node]
    while way[0].id != actor.institution_id and way[0].parent is not None:
        way.insert(0, way[0].parent)
    return way


def manages(actor: Actor, institution: Institution, action: str) -> bool:
    """True when the actor may take this step with this institution.

    Offices correct their own address; every other step is taken from above.
    """
    if not holds(actor, action, "institution"):
        return False
    if actor.is_system:
        return True
    if institution.id == actor.institution_id:
        return action == "edit"
    managed = is_managed_by(actor.role, institution.kind)
    return managed and is_in_branch(institution.id, actor)


def require_managed(by: Actor, institution: Institution, action: str) -> None:
    """Raises NotAllowed unless the actor may take this step with this institution."""
    require(by, action, "institution")
    if not manages(by, institution, action):
        raise NotAllowed(_l("Your institution does not manage this one."))


def children_of(
    node: Institution,
    *,
    kind: str | None = None,
    closed: bool = False,
    after: int | None = None,
    before: int | None = None,
) -> Children:
    """What stands directly below ``node``, by name, PAGE at a time; read by index.

    Args:
        kind: only this kind.
        closed: the closed ones too.
        after, before: key of the row the page begins behind, or ends in front of.
    """
    statement = select(Institution).where(*_below(node.id, kind, closed))
    edge = db.session.get(Institution, after or before) if after or before else None
    if edge is not None and edge.parent_id == node.id:
        statement = statement.where(_beyond(edge, forward=after is not None))
    order = (Institution.name, Institution.id)
    backward = edge is not None and after is None
    ordered = statement.order_by(*((c.desc() for c in order) if backward else order))
    found = list(db.session.scalars(ordered.limit(PAGE + 1)))
    more, rows = len(found) > PAGE, found[:PAGE]
    if backward:
        rows.reverse()
    has_next, has_previous = (True, more) if backward else (more, edge is not None)
    return Children(
        rows=rows,
        below=_count_below([one.id for one in rows]),
        after=rows[-1].id if rows and has_next else None,
        before=rows[0].id if rows and has_previous else None,
    )


def kinds_below(node: Institution, *, closed: bool = False) -> Counter[str]:
    """How many of each kind stand directly below ``node``."""
    counted = (
        select(Institution.kind, func.count(Institution.id))
        .where(*_below(node.id, None, closed))
        .group_by(Institution.kind)
    )
    return Counter({kind: int(count) for kind, count in db.session.execute(counted)})


def _below(node_id: int, kind: str | None, closed: bool) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [Institution.parent_id == node_id]
    if kind is not None:
        conditions.append(Institution.kind == kind)
    if not closed:
        conditions.append(open_institutions())
    return conditions


def _beyond(edge: Institution, *, forward: bool) -> ColumnElement[bool]:
    name: Any = Institution.name
    key: Any = Institution.id
    if forward:
        return or_(name > edge.name, and_(name == edge.name, key > edge.id))
    return or_(name < edge.name, and_(name == edge.name, key < edge.id))


def _count_below(ids: Collection[int]) -> dict[int, int]:
    if not ids:
        return {}
    counted = (
        select(Institution.parent_id, func.count(Institution.id))
        .where(Institution.parent_id.in_(ids), open_institutions())
        .group_by(Institution.parent_id)
    )
    return {parent: int(count) for parent, count in db.session.execute(counted)}
