"""Figures as they were known at the end of a past day, beside those of now, and why they differ."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from app.cases.models import Case
from app.cases.rules import case_number
from app.core import clock
from app.core.dates import format_date, format_instant
from app.core.db import db
from app.core.labels import Label
from app.core.pages import Crumb
from app.generated.arguments import one_of, only_known
from app.generated.hooks import may, signed_in
from app.publication import asof
from app.publication.asof import Explained
from app.publication.codes import CAUSES
from app.publication.explaining import sentence
from app.publication.forms import AsKnownForm
from app.security.actor import Actor
from app.statistics.areas import is_within, own_area, standing_of
from app.statistics.asking import DEFAULT_BASIS, area_asked
from app.statistics.definitions import INDICATORS
from app.statistics.measures import BASIS
from app.statistics.queries import LONGEST_DAYS, Asked, Figures, rollup, total_of
from app.surge.gate import may_wait

AS_KNOWN = Label("過去の時点の集計", "Figures as known then")
PARAMETERS = frozenset({"first", "last", "known", "basis", "prefecture", "authority", "centre"})
_EXPLAINED = ("new", "discharged", "died")


@dataclass(frozen=True, slots=True)
class Line:
    """An indicator then and now."""

    label: str
    then: str
    now: str
    change: str


class AsKnownView(BaseView):
    """Any past day as it was known then and as it is known now."""

    route_base = "/as-known"
    class_permission_name = "statistics"
    default_view = "page"

    @expose("/")
    @has_access
    @permission_name("show")
    @may_wait
    def page(self) -> ResponseReturnValue:
        """Period, area and the day of knowledge from the address."""
        only_known(request.args, PARAMETERS)
        actor = signed_in()
        area = area_asked(request.args, own_area(actor))
        form, asked, known = _read(request.args)
        shown: dict[str, Any] = {"place": standing_of(area).name}
        if asked is not None and known is not None:
            shown |= _compared(replace(asked, area=area), known, actor)
        page = render_template(
            "publication/as_known.html",
            title=str(AS_KNOWN),
            form=form,
            hidden={
                name: request.args.get(name, "") for name in ("prefecture", "authority", "centre")
            },
            trail=(Crumb(_("Figures"), url_for("StatisticsView.page")), Crumb(str(AS_KNOWN))),
            since=asof.known_since(area),
            format_date=format_date,
            **shown,
        )
        return page, 400 if asked is None else 200


def _read(arguments: MultiDict[str, str]) -> tuple[Any, Asked | None, date | None]:
    """The form and what it asks; None while a date needs correcting."""
    basis = one_of(arguments, "basis", tuple(BASIS)) or DEFAULT_BASIS
    yesterday = clock.today() - timedelta(days=1)
    filled = MultiDict(
        {
            name: arguments.get(name, "").strip() or format_date(yesterday)
            for name in ("first", "last", "known")
        }
    )
    filled["basis"] = basis
    form = AsKnownForm(formdata=filled, meta={"csrf": False})
    first, last, known = form.first.data, form.last.data, form.known.data
    if not form.validate() or first is None or last is None or known is None:
        return form, None, None
    if first > last:
        form.last.errors = [_("The period ends before it begins.")]
        return form, None, None
    if (last - first).days >= LONGEST_DAYS:
        form.last.errors = [_("The period is longer than ten years.")]
        return form, None, None
    if known > clock.today():
        form.known.errors = [_("This day lies in the future.")]
        return form, None, None
    return form, Asked(basis, first, last), known


def _compared(asked: Asked, known: date, actor: Actor) -> dict[str, Any]:
    then = asof.figures_as_known(asked, known)
    now = total_of(rollup(asked.area.finest_level, asked), population=then.population)
    if asked.area.finest_level == "day":
        # A sum over days would count the stocks of every day.
        now = asof.figures_as_known(asked, clock.today())
    explained = _explained(asked, known, then, now)
    return {
        "asked": asked,
        "known": known,
        "basis": BASIS[asked.basis].label,
        "lines": [_line(one, then, now) for one in INDICATORS],
        "sentences": explained,
        "cases": _cases(asked, known, actor),
    }


def _explained(asked: Asked, known: date, then: Figures, now: Figures) -> list[tuple[str, str]]:
    measures = {"new": BASIS[asked.basis].measure, "discharged": "discharged", "died": "died"}
    found = []
    for indicator in INDICATORS:
        if indicator.key not in _EXPLAINED:
            continue
        one = Explained(getattr(then, indicator.key), getattr(now, indicator.key))
        one.causes = asof.causes_since(asked, measures[indicator.key], known)
        found.append((str(indicator.label), sentence(one, known, published=False)))
    return found


def _cases(asked: Asked, known: date, actor: Actor) -> list[dict[str, Any]]:
    """The cases behind the difference of new cases, for those who list cases of the area."""
    if not may("list", "case") or not is_within(own_area(actor), asked.area):
        return []
    lines = asof.cases_after(asked, BASIS[asked.basis].measure, asof.end_of(known))
    # One that moved away or was deleted does not exist for the reader any more.
    keys = {line.case_id for line in lines}
    met = set(db.session.scalars(select(Case.id).where(Case.id.in_(keys)))) if keys else set()
    return [
        {
            "number": case_number(line.case_id),
            "url": url_for("CaseView.show", pk=line.case_id),
            "cause": CAUSES.label(line.cause),
            "n": f"{line.n:+}",
            "at": format_instant(line.known_at),
        }
        for line in lines
        if line.case_id in met
    ]


def _line(indicator: Any, then: Figures, now: Figures) -> Line:
    places = indicator.decimals or 0
    values = [indicator.value(each) for each in (then, now)]
    words = ["－" if value is None else f"{value:,.{places}f}" for value in values]
    change = ""
    if None not in values:
        # Of the numbers that are read: 0.04 and 0.04 do not differ by 0.01.
        difference = round(values[1], places) - round(values[0], places)
        change = f"{difference:+,.{places}f}" if round(difference, places) else ""
    return Line(str(indicator.label), words[0], words[1], change)
