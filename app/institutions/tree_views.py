"""The branch of the reader's institution, node by node: 管轄機関."""

from dataclasses import dataclass

from flask import render_template, request, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _

from app.core.dates import format_date
from app.core.labels import Label
from app.core.pages import Action, Cell, Crumb, Field
from app.generated.arguments import one_of, only_known, record_key
from app.generated.hooks import may, signed_in
from app.institutions.models import Institution, InstitutionPlacement
from app.institutions.moving import placements_of
from app.institutions.queries import areas_of
from app.institutions.rules import (
    EVER,
    INSTITUTION_KINDS,
    PARENTS,
    PORTAL_ENTRIES,
    InstitutionKind,
    is_managed_by,
    needs_letting_in,
)
from app.institutions.tree import children_of, kinds_below, manages, node_of, way_to
from app.security.actor import Actor

BRANCH = Label("管轄機関", "Own branch")


@dataclass(frozen=True, slots=True)
class Child:
    """A row of the page: an institution below the node."""

    name: str
    url: str
    kind: str
    code: str
    phone: str
    use: Cell
    below: int


class InstitutionTreeView(BaseView):
    """``/institutions/tree``: the own institution with what stands below it."""

    route_base = "/institutions"
    class_permission_name = "institution_tree"
    default_view = "tree"

    @expose("/tree/")
    @has_access
    @permission_name("show")
    def tree(self) -> str:
        """The root of the branch."""
        return _page(None)

    @expose("/tree/<pk>")
    @has_access
    @permission_name("show")
    def node(self, pk: str) -> str:
        """A node of the branch; another branch does not exist here."""
        return _page(record_key(pk))


def trail_to(node: Institution, actor: Actor, *rest: Crumb) -> tuple[Crumb, ...]:
    """Own branch › … › this institution › whatever follows."""
    way = way_to(node, actor)
    steps = [Crumb(one.name, url_for("InstitutionTreeView.node", pk=one.id)) for one in way[1:]]
    return (Crumb(str(BRANCH), url_for("InstitutionTreeView.tree")), *steps, *rest)


def use_of(institution: Institution) -> Cell:
    """Whether it may use the portal, as a tag."""
    if not institution.active:
        day = format_date(institution.closed_on)
        return Cell(_("Closed on %(day)s", day=day), tone="neutral")
    if not needs_letting_in(institution.kind):
        return Cell(_("Public body"), tone="info")
    if institution.portal_on:
        return Cell(_("May use the portal"), tone="success")
    return Cell(_("May not use the portal"), tone="warning")


def _page(key: int | None) -> str:
    actor = signed_in()
    only_known(request.args, {"kind", "closed", "after", "before"})
    kind = one_of(request.args, "kind", INSTITUTION_KINDS.values)
    closed = one_of(request.args, "closed", {"1"}) is not None
    edges = {n: record_key(request.args[n]) for n in ("after", "before") if n in request.args}
    node = node_of(key, actor)
    found = children_of(node, kind=kind, closed=closed, **edges)
    here: dict[str, object] = {"pk": node.id, "kind": kind, "closed": 1 if closed else None}
    counts = kinds_below(node, closed=closed)
    return render_template(
        "institutions/tree.html",
        title=node.name,
        trail=trail_to(node, actor),
        facts=_facts(node),
        actions=_actions(node, actor),
        kinds=_kinds(counts, here, kind),
        children=[_child(one, found.below.get(one.id, 0)) for one in found.rows],
        total=sum(counts.values()),
        closed_url=_url(here | {"closed": None if closed else 1}),
        closed=closed,
        first_url=_url(here) if edges else None,
        previous_url=_url(here | {"before": found.before}) if found.before else None,
        next_url=_url(here | {"after": found.after}) if found.after else None,
    )


def _url(values: dict[str, object]) -> str:
    given = {name: value for name, value in values.items() if value is not None}
    return url_for("InstitutionTreeView.node", **given)  # type: ignore[arg-type]


def _kinds(
    counts: dict[str, int], here: dict[str, object], chosen: str | None
) -> list[tuple[str, int, str, bool]]:
    """(words, number, address, chosen) of each kind below the node, all of them first."""
    if len(counts) < 2:
        return []
    kinds = [(_("All kinds"), sum(counts.values()), _url(here | {"kind": None}), chosen is None)]
    for kind in INSTITUTION_KINDS.values:
        if counts.get(kind):
            words, url = INSTITUTION_KINDS.label(kind), _url(here | {"kind": kind})
            kinds.append((words, counts[kind], url, chosen == kind))
    return kinds


def _child(one: Institution, below: int) -> Child:
    return Child(
        name=one.name,
        url=url_for("InstitutionTreeView.node", pk=one.id),
        kind=INSTITUTION_KINDS.label(one.kind),
        code=one.code,
        phone=one.phone or "",
        use=use_of(one),
        below=below,
    )


def _facts(node: Institution) -> list[Field]:
    rows = [
        (_("Kind of institution"), Cell(INSTITUTION_KINDS.label(node.kind))),
        (_("Institution code"), Cell(node.code)),
        (_("Address"), Cell(" ".join(filter(None, (node.postal_code, node.address))))),
        (_("Telephone"), Cell(node.phone or "")),
        (_("Use of the portal"), use_of(node)),
    ]
    if needs_letting_in(node.kind) and node.portal_on:
        words = [PORTAL_ENTRIES.label(entry) for entry in node.portal_entries]
        rows.append((_("What it may do"), Cell("、".join(words) or _("Only reading"))))
    if node.closed_on is not None and node.active:
        rows.append((_("Closed from"), Cell(format_date(node.closed_on), tone="warning")))
    rows += [(_("Parent institution"), Cell(_placed(one))) for one in placements_of(node)]
    if node.kind == InstitutionKind.HEALTH_CENTRE:
        names = [area.municipality.name for area in areas_of(node.id)]
        rows.append((_("Area in charge"), Cell("、".join(names))))
    return [Field("", label, cell) for label, cell in rows]


def _placed(one: InstitutionPlacement) -> str:
    if one.from_on == EVER:
        return _("%(parent)s (from the beginning)", parent=one.parent.name)
    day = format_date(one.from_on)
    if one.applied_at is None:
        return _("%(parent)s (planned from %(day)s)", parent=one.parent.name, day=day)
    return _("%(parent)s (from %(day)s)", parent=one.parent.name, day=day)


def _actions(node: Institution, actor: Actor) -> list[Action]:
    """The steps this actor may take with the node."""
    steps = []
    if _registers_below(node, actor):
        url = url_for("InstitutionView.add", parent_id=node.id)
        steps.append(Action(_("Register an institution"), url, style="primary", icon="add"))
    if manages(actor, node, "edit"):
        url = url_for("InstitutionView.edit", pk=node.id)
        steps.append(Action(_("Edit"), url, icon="edit"))
    if needs_letting_in(node.kind) and manages(actor, node, "switch"):
        url = url_for("InstitutionStepsView.use", pk=node.id)
        steps.append(Action(_("Use of the portal"), url, icon="key"))
    if node.kind == InstitutionKind.HEALTH_CENTRE and may("show", "centre_area"):
        url = url_for("CentreAreaView.area", pk=node.id)
        steps.append(Action(_("Area in charge"), url, icon="institution"))
    if manages(actor, node, "move"):
        url = url_for("InstitutionStepsView.move", pk=node.id)
        steps.append(Action(_("Move this institution"), url, icon="link"))
    if manages(actor, node, "close"):
        url = url_for("InstitutionStepsView.close", pk=node.id)
        words = _("Close this institution") if node.closed_on is None else _("Open again")
        steps.append(Action(words, url, style="danger" if node.closed_on is None else "secondary"))
    return steps


def _registers_below(node: Institution, actor: Actor) -> bool:
    kinds = (k for k in InstitutionKind if is_managed_by(actor.role, k))
    return (
        may("add", "institution")
        and node.active
        and any(InstitutionKind(node.kind) in PARENTS[k] for k in kinds)
    )
