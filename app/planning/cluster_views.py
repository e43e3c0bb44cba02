"""``/planning/clusters``: the clusters of an area in numbers."""

from datetime import date
from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from markupsafe import Markup

from app.chains.codes import CLUSTER_STATUS
from app.contacts.codes import EXPOSURE_SETTING
from app.core.charts import Group, group_chart, responsive
from app.core.dates import format_date
from app.generated.hooks import may, signed_in
from app.planning import pages
from app.planning.asking import read_period
from app.planning.cluster_sums import ClusterSum, by_setting, clusters_of, counts_of, sees_clusters
from app.statistics.areas import Area, standing_of
from app.surge.gate import may_wait


class ClusterSumsView(BaseView):
    """Size, generations and quiet days of clusters; for the ministry only how many there are."""

    route_base = "/planning/clusters"
    class_permission_name = "planning"
    default_view = "page"

    @expose("/")
    @has_access
    @permission_name("show")
    @may_wait
    def page(self) -> ResponseReturnValue:
        """Clusters that go on, or ended within the days asked for."""
        actor = signed_in()
        period, question = read_period(request.args, actor)
        shown: dict[str, Any] = {}
        if question is not None:
            area, since, until = question.asked.area, question.asked.first, question.asked.last
            standing = standing_of(area)
            shown |= {"place": standing.name, "crumbs": pages.crumbs_of(question, standing)}
            shown["since"] = format_date(since)
            rows = sees_clusters(actor)
            shown |= _clusters(area, since, until) if rows else _counts(area, since)
        page = pages.page(
            "planning/clusters.html", period, question, "ClusterSumsView.page", **shown
        )
        return page, 400 if question is None else 200


def _clusters(area: Area, since: date, until: date) -> dict[str, Any]:
    sums, more = clusters_of(area, since, until)
    found = by_setting(sums)
    groups = [Group(_setting(setting), numbers) for setting, numbers in found.items()]
    return {
        "lines": [_line(one) for one in sums],
        "more": more,
        "chart": _chart(groups, [_("Clusters"), _("Cases")]) if groups else "",
    }


def _counts(area: Area, since: date) -> dict[str, Any]:
    found = counts_of(area, since)
    settings = list(dict.fromkeys(setting for setting, _status in found))
    statuses = CLUSTER_STATUS.values
    totals = [
        (_setting(setting), [found.get((setting, status), 0) for status in statuses])
        for setting in settings
    ]
    groups = [Group(label, [sum(numbers)]) for label, numbers in totals]
    return {
        "statuses": [CLUSTER_STATUS.label(status) for status in statuses],
        "totals": totals,
        "chart": _chart(groups, [_("Clusters")]) if groups else "",
    }


def _line(one: ClusterSum) -> dict[str, Any]:
    return {
        "name": one.name,
        "url": url_for("ClusterView.show", pk=one.id) if may("show", "cluster") else None,
        "status": CLUSTER_STATUS.label(one.status) if one.status else "－",
        "tone": CLUSTER_STATUS.tones.get(one.status, "neutral"),
        "setting": _setting(one.setting),
        "size": one.size,
        "generations": one.generations,
        "last": "－" if one.last_on is None else format_date(one.last_on),
        "quiet": "－" if one.quiet_days is None else one.quiet_days,
    }


def _setting(setting: str | None) -> str:
    return EXPOSURE_SETTING.label(setting) if setting else _("Not entered")


def _chart(groups: list[Group], labels: list[str]) -> Markup:
    def draw(width: int) -> Markup:
        return group_chart(
            groups,
            labels=labels,
            key=f"clusters-{width}",
            title=_("Clusters by setting"),
            description=_("How many clusters, and cases in them, by where they arose."),
            width=width,
        )

    return responsive(draw, wide=1080)
