"""``/quality/indicators/``: how complete and how fast, without anybody's identity."""

import io
from datetime import date, timedelta
from typing import Any

from flask import render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from markupsafe import Markup
from werkzeug.datastructures import MultiDict

from app.audit.reads import record_export
from app.audit.signing import maker_of
from app.cases.models import Case
from app.core import clock
from app.core.charts import Axis, Point, Series, line_chart, responsive
from app.core.dates import format_date
from app.core.fields import CodeField, EraDateField
from app.core.items import item_of
from app.core.labels import CodeList, Label
from app.core.pages import Action, Crumb
from app.core.transaction import transaction
from app.generated.arguments import BadArgument, only_known
from app.generated.hooks import may, signed_in
from app.quality.codes import INDICATORS
from app.quality.indicator_files import NOTES, workbook
from app.quality.indicators import indicators
from app.quality.measures import COMPLETED, DELAYS, Indicators, Measured
from app.security.actor import Actor
from app.security.roles import HEALTH_CENTRE_ROLES, RoleName
from app.surge.gate import may_wait

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WEEKS = CodeList(
    "quality_weeks",
    ("4", "4週間", "4 weeks"),
    ("13", "13週間", "13 weeks"),
    ("26", "26週間", "26 weeks"),
    ("52", "52週間", "52 weeks"),
)
DEFAULT_WEEKS = "13"
LOW = 80
"""Percent of completeness below which a figure is marked."""


class PeriodForm(FlaskForm):
    """Whole weeks up to a day."""

    class Meta:
        """A search form changes nothing."""

        csrf = False

    until = EraDateField(_l("Weeks up to"))
    weeks = CodeField(_l("Period"), codes=WEEKS, blank=False)


class QualityIndicatorView(BaseView):
    """Completeness, delays, who typed, what the rules found; by institution and week."""

    route_base = "/quality/indicators"
    class_permission_name = "quality_indicator"
    default_view = "page"

    @expose("/", methods=["GET"])
    @has_access
    @permission_name("show")
    @may_wait
    def page(self) -> ResponseReturnValue:
        """Tables and the curve of the delays."""
        actor = signed_in()
        form, period = _asked(request.args)
        if period is None:
            page = render_template(
                "quality/indicators.html", title=str(INDICATORS), form=form, found=None
            )
            return page, 422
        found = indicators(actor, *period)
        return render_template(
            "quality/indicators.html",
            title=str(INDICATORS),
            trail=(Crumb(str(INDICATORS)),),
            form=form,
            found=found,
            period=" – ".join(map(format_date, period)),
            place=place_label(actor),
            delays=DELAYS,
            places=[_line(name, one) for name, one in found.places.items()],
            total=_line(_("All"), found.total),
            items=[
                (item_of(Case, name).label, _percent(found.total.completeness(name)))
                for name in COMPLETED
            ],
            weeks=[(format_date(week), one.cases, _days(one)) for week, one in found.weeks.items()],
            chart=_chart(found),
            notes=NOTES,
            low=LOW,
            actions=_downloads(),
        )

    @expose("/download", methods=["GET"])
    @has_access
    @permission_name("download")
    @may_wait
    def download(self) -> ResponseReturnValue:
        """The same as a workbook."""
        actor = signed_in()
        _form, period = _asked(request.args)
        if period is None:
            raise BadArgument(_l("This address is not complete or has a mistake in it."))
        found = indicators(actor, *period)
        by = maker_of(actor)
        content = workbook(found, place=place_label(actor), by=by)
        with transaction():
            filters = {"from": period[0].isoformat(), "to": period[1].isoformat()}
            record_export(
                actor, door="quality_indicator.download", count=len(found.places), filters=filters
            )
        return send_file(
            io.BytesIO(content),
            mimetype=XLSX,
            as_attachment=True,
            download_name=f"{INDICATORS}_{period[0]:%Y%m%d}-{period[1]:%Y%m%d}.xlsx",
            max_age=0,
        )


def place_label(actor: Actor) -> Label:
    """What the reader compares."""
    if actor.role in HEALTH_CENTRE_ROLES:
        return Label("届出医療機関", "Reporting institution")
    if actor.role is RoleName.NATIONAL_INSTITUTE:
        return Label("都道府県", "Prefecture")
    return Label("担当保健所", "Responsible health centre")


def _asked(arguments: Any) -> tuple[Any, tuple[date, date] | None]:
    """The form, and the first and last day; None with the problem at its field."""
    only_known(arguments, {"until", "weeks", "csrf_token"})
    given = MultiDict(arguments)
    if not given.get("weeks"):
        given["weeks"] = DEFAULT_WEEKS
    if not given.get("until"):
        given["until"] = f"{clock.today():%Y/%m/%d}"
    form: Any = PeriodForm(formdata=given)
    if not form.validate():
        return form, None
    last: date = min(form.until.data, clock.today())
    if last.year < 2000:
        form.until.errors = [_("Choose a later day.")]
        return form, None
    # Whole weeks: the first day is a Monday.
    first = last - timedelta(days=last.weekday()) - timedelta(weeks=int(form.weeks.data) - 1)
    return form, (first, last)


def _line(name: str, one: Measured) -> dict[str, Any]:
    return {
        "name": name,
        "cases": f"{one.cases:,}",
        "completeness": _percent(one.all_completeness),
        "delays": _days(one),
        "on_behalf": _percent(one.share_on_behalf),
        "findings": "" if one.findings_per_100 is None else f"{one.findings_per_100:,.1f}",
        "open": f"{one.open_findings:,}",
    }


def _days(one: Measured) -> list[str]:
    """Median and 90th percentile of every delay."""
    shown = []
    for delay in DELAYS:
        middle = one.median(delay.key)
        shown.append("" if middle is None else f"{middle}（{one.ninetieth(delay.key)}）")
    return shown


def _percent(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


def _chart(found: Indicators) -> Markup:
    series = [
        Series(
            str(delay.label),
            [
                Point(week + timedelta(days=3), float(middle))
                for week, one in found.weeks.items()
                if (middle := one.median(delay.key)) is not None
            ],
            every=7,
        )
        for delay in DELAYS
    ]

    def draw(width: int) -> Markup:
        return line_chart(
            series,
            key=f"delays-{width}",
            title=_("Median delays by week (days)"),
            description=_("One point a week, by the week of the diagnosis."),
            first=next(iter(found.weeks)),
            last=found.last,
            axes=[Axis(_("Days"), minimum=0)],
            width=width,
        )

    return responsive(draw)


def _downloads() -> tuple[Action, ...]:
    if not may("download", "quality_indicator"):
        return ()
    asked: dict[str, Any] = {
        name: request.args[name] for name in ("until", "weeks") if name in request.args
    }
    url = url_for("QualityIndicatorView.download", **asked)
    return (Action(_("Excel"), url, icon="download"),)
