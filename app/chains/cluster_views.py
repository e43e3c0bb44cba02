"""Clusters on the screen: listed, reported, their members and epidemic curve."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date, timedelta
from functools import partial
from typing import Any, ClassVar

from flask import flash, render_template, request, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response

from app.audit.reads import record_list
from app.cases.header import people_of_cases
from app.cases.models import Case
from app.chains import service
from app.chains.codes import MEMBER_ROLE
from app.chains.models import Cluster, ClusterMember
from app.core.charts import BarSeries, bar_chart, responsive
from app.core.dates import format_date
from app.core.db import db
from app.core.errors import DomainError, NotVisible
from app.core.fields import CodeField, LongTextField, Required
from app.core.forms import ItemForm
from app.core.labels import Label
from app.core.pages import Crumb, FormPage, FormSection
from app.generated.arguments import only_known, record_key
from app.generated.cells import links_to
from app.generated.hooks import signed_in
from app.generated.interface import PortalInterface
from app.generated.refusals import show_problem
from app.generated.searching import SearchBy
from app.generated.showing import PageTab, RelatedTab
from app.generated.submissions import submit_once
from app.generated.views import VIEWS, GeneratedView
from app.security.actor import Actor

CLUSTERS = Label("クラスター一覧", "Clusters")
MEMBERS = Label("所属患者", "Members")
CURVE = Label("流行曲線", "Epidemic curve")
DESK = 1080
LONGEST_DAYS = 400


class ClusterView(GeneratedView):
    """Clusters: 集団発生."""

    datamodel = PortalInterface(Cluster)
    class_permission_name = "cluster"
    route_base = "/clusters"
    title_label = CLUSTERS
    record_label = Label("クラスター", "Cluster")
    list_items = (
        "name",
        "status",
        "disease_id",
        "setting",
        "place",
        "from_on",
        "to_on",
        "responsible_centre_id",
    )
    search_items = (
        SearchBy("status", "code"),
        SearchBy("setting", "code"),
        SearchBy("from_on", "range"),
    )
    sort_items = ("from_on", "to_on")
    empty_hint = _l("No cluster has been reported.")
    tabs = (
        RelatedTab("members", MEMBERS, "cluster_member", ClusterMember.cluster_id),
        PageTab(
            "curve",
            CURVE,
            "cluster",
            "show",
            lambda cluster: url_for("ClusterCurveView.curve", pk=cluster.id),
        ),
    )

    def save_new(self, record: Cluster, by: Actor) -> Cluster:
        """Through the verb, which says whose it is."""
        return service.report_cluster(record, by=by)

    def problems_with(self, record: Cluster) -> dict[str, list[object]]:
        """A period that ends before it begins."""
        if record.from_on and record.to_on and record.to_on < record.from_on:
            return {"to_on": [_l("The last day lies before the first.")]}
        return {}


class _Numbers(ItemForm):
    numbers = LongTextField(
        _l("Case numbers"),
        [Required()],
        description=_l("Eight digits each, one per line or separated by commas"),
        rows=6,
        max_length=8_000,
    )
    role = CodeField(
        Label("クラスター内の位置付け", "Part in the cluster"),
        [Required()],
        codes=MEMBER_ROLE,
        blank=False,
        default="member",
    )


class ClusterMemberView(GeneratedView):
    """Cases of a cluster: 所属患者."""

    datamodel = PortalInterface(ClusterMember)
    class_permission_name = "cluster_member"
    route_base = "/cluster-members"
    title_label = MEMBERS
    record_label = Label("所属患者", "Member")
    preset_items: ClassVar[tuple[str, ...]] = ("cluster_id",)
    can_add_alone = False
    lists_names = True
    list_items = (
        "case.number",
        "case.person.name",
        "role",
        "case.onset_on",
        "case.status",
        "case.sex",
        "case.age_years",
    )
    show_items = ("case.number", "role", "case.onset_on", "case.status")
    empty_hint = _l("No case has been put into this cluster yet.")

    def people_of(self, records: Sequence[ClusterMember]) -> Collection[int]:
        """The people of the cases."""
        return people_of_cases({record.case_id for record in records})

    def looked_at(self, record: ClusterMember, actor: Actor) -> None:
        """A look at the member's case; a form without one names nobody."""
        case_ids = {key for key in (record.case_id,) if key}
        people = people_of_cases(case_ids) if case_ids else ()
        record_list(actor, door="cluster_member.show", people=people)

    def title_of(self, record: ClusterMember) -> str:
        """The number of the case."""
        return str(record.case)

    def crumbs_for(self, record: ClusterMember) -> tuple[Crumb, ...]:
        """Clusters › this cluster › its members."""
        return (*_crumbs(record.cluster), Crumb(str(MEMBERS), self.url_after_save(record)))

    def url_after_save(self, record: ClusterMember) -> str:
        """Back to the members of the cluster."""
        return url_for("ClusterView.show", pk=record.cluster_id, tab="members")

    def url_after_delete(self, record: ClusterMember) -> str:
        """The same."""
        return self.url_after_save(record)

    @expose("/add", methods=["GET", "POST"])
    @has_access
    def add(self) -> Response | tuple[str, int] | str:
        """Cases by their numbers, many at once."""
        actor = signed_in()
        only_known(request.args, {"cluster_id", "parked"})
        cluster = cluster_or_404(request.args.get("cluster_id", ""))
        form = _Numbers()
        if request.method == "POST" and form.validate():
            token = form.form_token_.data
            try:
                return submit_once(token, actor, lambda: _put_in(cluster, form, actor))
            except (DomainError, IntegrityError) as error:
                show_problem(form, error)
        title = _("Add cases to the cluster")
        page = FormPage(
            title=title,
            form=form,
            sections=(FormSection("members", str(MEMBERS), (form.numbers, form.role)),),
            cancel_url=_members_url(cluster),
            submit_label=_("Save"),
            crumbs=(*_crumbs(cluster), Crumb(title)),
        )
        status = 200 if request.method == "GET" else 422
        return render_template("generated/form.html", page=page, view=self), status


class ClusterCurveView(BaseView):
    """``/clusters/<pk>/curve``: members by day of onset."""

    route_base = "/clusters"
    class_permission_name = "cluster"
    default_view = "curve"

    @expose("/<pk>/curve", methods=["GET"])
    @has_access
    @permission_name("show")
    def curve(self, pk: str) -> str:
        """The curve and its numbers; nobody is named."""
        only_known(request.args, ())
        cluster = cluster_or_404(pk)
        onsets = _onsets(cluster)
        known = [day for day in onsets if day is not None]
        counts = Counter(known)
        return render_template(
            "chains/curve.html",
            title=f"{cluster.name} {CURVE}",
            tabs_of_cluster=VIEWS["cluster"].tabs_of(cluster, "curve"),
            crumbs=(*_crumbs(cluster), Crumb(str(CURVE))),
            chart=_chart(cluster, known) if known else None,
            days=[(format_date(day), counts[day]) for day in sorted(counts)],
            undated=len(onsets) - len(known),
            total=len(onsets),
        )


def cluster_or_404(pk: str) -> Cluster:
    """The cluster with this key. Raises NotVisible: none for the actor."""
    found = db.session.scalars(select(Cluster).where(Cluster.id == record_key(pk))).one_or_none()
    if found is None:
        raise NotVisible(_l("There is no such record."))
    return found


def _put_in(cluster: Cluster, form: Any, actor: Actor) -> str:
    count = service.add_members(cluster, form.numbers.data, form.role.data, by=actor)
    flash(ngettext("%(num)s case was added.", "%(num)s cases were added.", count), "success")
    return _members_url(cluster)


def _members_url(cluster: Cluster) -> str:
    return url_for("ClusterView.show", pk=cluster.id, tab="members")


def _crumbs(cluster: Cluster) -> tuple[Crumb, ...]:
    return (
        Crumb(str(CLUSTERS), url_for("ClusterView.list")),
        Crumb(cluster.name, url_for("ClusterView.show", pk=cluster.id)),
    )


def _onsets(cluster: Cluster) -> list[date | None]:
    """Onset, else diagnosis, of each member that exists for the actor."""
    found = db.session.execute(
        select(Case.onset_on, Case.diagnosed_on)
        .join(ClusterMember, ClusterMember.case_id == Case.id)
        .where(ClusterMember.cluster_id == cluster.id)
    )
    return [onset or diagnosed for onset, diagnosed in found]


def _chart(cluster: Cluster, days: list[date]) -> Markup:
    last = max(days)
    first = max(min(days), last - timedelta(days=LONGEST_DAYS))
    counts = Counter(days)
    values = [counts[first + timedelta(days=n)] for n in range((last - first).days + 1)]

    def draw(width: int, *, title: str) -> Markup:
        return bar_chart(
            [BarSeries(_("Cases"), values)],
            key=f"cluster-{width}",
            title=title,
            description=_(
                "%(count)s cases by day of onset, %(first)s to %(last)s.",
                count=len(days),
                first=format_date(first),
                last=format_date(last),
            ),
            first=first,
            mean_days=None,
            width=width,
        )

    return responsive(partial(draw, title=f"{cluster.name} {CURVE}"), wide=DESK)


links_to(Cluster, lambda cluster: url_for("ClusterView.show", pk=cluster.id))
