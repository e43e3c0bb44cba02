"""``/planning/delays``: how many days lie between onset, diagnosis, report, entry, acceptance."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from markupsafe import Markup
from wtforms import SelectField
from wtforms.fields import SelectChoice

from app.core.charts import Axis, Group, Point, Series, group_chart, line_chart, responsive
from app.core.dates import format_date
from app.generated.arguments import one_of
from app.generated.hooks import signed_in
from app.institutions.rules import INSTITUTION_KINDS
from app.planning import pages
from app.planning.asking import read_period
from app.planning.words import MEDIAN, P80
from app.statistics.areas import standing_of
from app.statistics.asking import Question
from app.statistics.delays import Delays
from app.statistics.profile_queries import (
    delays_by_kind,
    delays_by_place,
    delays_by_week,
    delays_of_steps,
)
from app.statistics.profiles import LONGER, STEP, STEPS, UNKNOWN
from app.surge.gate import may_wait

DEFAULT_STEP = "onset_report"
_DESK = 1080


class DelayView(BaseView):
    """Median and 80th percentile of each step, by week and place."""

    route_base = "/planning/delays"
    class_permission_name = "planning"
    default_view = "page"

    @expose("/")
    @has_access
    @permission_name("show")
    @may_wait
    def page(self) -> ResponseReturnValue:
        """The steps of the period, and one of them by week and place."""
        step = one_of(request.args, "step", tuple(STEP)) or DEFAULT_STEP
        period, question = read_period(request.args, signed_in(), also=frozenset({"step"}))
        shown: dict[str, Any] = _contents(question, step) if question is not None else {}
        shown["step_field"] = _step_field(step)
        page = pages.page("planning/delays.html", period, question, "DelayView.page", **shown)
        return page, 400 if question is None else 200


def _contents(question: Question, step: str) -> dict[str, Any]:
    asked, label = question.asked, str(STEP[step].label)
    steps = delays_of_steps(asked)
    weeks = delays_by_week(step, asked)
    level = asked.area.finest_level
    by_place = delays_by_place(step, level, asked) if level != "day" else ()
    chosen = steps[step]
    standing = standing_of(asked.area)
    return {
        "place": standing.name,
        "crumbs": pages.crumbs_of(question, standing),
        "conditions": [
            (_("Period"), f"{format_date(asked.first)}–{format_date(asked.last)}"),
            (_("Step of a case"), label),
        ],
        "steps": [(str(one.label), _words(steps[one.key])) for one in STEPS],
        "backwards": sum(one.backwards for one in steps.values()),
        "week_chart": _week_chart(label, weeks),
        "weeks": [(format_date(monday), _words(found)) for monday, found in weeks.items()],
        "histogram": _histogram(label, chosen) if chosen.n else "",
        "by_kind": [
            (_kind(kind), _words(found)) for kind, found in delays_by_kind(step, asked).items()
        ],
        "by_place": [(one.name, _words(one.delays)) for one in by_place if one.delays.n],
    }


def _kind(kind: str) -> str:
    return _("No reporting institution") if kind == UNKNOWN else INSTITUTION_KINDS.label(kind)


def _words(found: Delays) -> tuple[str, str, str, str]:
    """Cases, median, 80th percentile, share within 3 days."""
    within = found.share_within(3)
    share = "－" if within is None else f"{within:.0f}%"
    return f"{found.n:,}", _days(found.median), _days(found.p80), share


def _days(value: int | None) -> str:
    if value is None:
        return "－"
    return _("over %(days)s", days=LONGER - 1) if value >= LONGER else str(value)


def _week_chart(label: str, weeks: Mapping[date, Delays]) -> Markup:
    mondays = list(weeks)
    series = [
        _series(str(MEDIAN), mondays, [found.median for found in weeks.values()]),
        _series(str(P80), mondays, [found.p80 for found in weeks.values()]),
    ]

    def draw(width: int) -> Markup:
        return line_chart(
            series,
            key=f"delays-{width}",
            title=_("%(step)s, by week of the report", step=label),
            description=_("Days; a point stands at the Monday of its week."),
            first=mondays[0],
            last=mondays[-1] + timedelta(days=6),
            axes=[Axis(_("Days"), str(_l("days")), minimum=0)],
            width=width,
            height=220,
        )

    return responsive(draw, wide=_DESK)


def _series(label: str, mondays: Sequence[date], values: Sequence[int | None]) -> Series:
    points = [
        Point(day, value) for day, value in zip(mondays, values, strict=True) if value is not None
    ]
    return Series(label, points, every=7)


def _histogram(label: str, found: Delays) -> Markup:
    groups = [Group(_bin(first, last), [n]) for first, last, n in found.histogram]

    def draw(width: int) -> Markup:
        return group_chart(
            groups,
            labels=[_("Cases")],
            key=f"delay-histogram-{width}",
            title=label,
            description=_("How many cases took how many days."),
            width=width,
        )

    return responsive(draw, wide=_DESK)


def _bin(first: int, last: int | None) -> str:
    if last is None:
        return _("over %(days)s", days=first - 1)
    return str(first) if first == last else f"{first}–{last}"


def _step_field(step: str) -> Any:
    """The choice of the step, drawn by the form macros."""
    field = SelectField(
        _l("Step of a case"),
        choices=[SelectChoice(one.key, str(one.label)) for one in STEPS],
        default=step,
    )
    form = type("StepForm", (FlaskForm,), {"step": field})(formdata=None, meta={"csrf": False})
    return form["step"]
