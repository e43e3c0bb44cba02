"""``/chains/places``: places that several cases visited within some days of each other."""

from datetime import timedelta
from typing import Any

from flask import render_template, request, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict

from app.audit.reads import record_list
from app.chains.places import SharedPlace, cases_of, shared, visits_between
from app.core import clock
from app.core.dates import format_date
from app.core.fields import EraDateField, IntegerItemField
from app.core.labels import Label
from app.generated.arguments import only_known
from app.generated.hooks import signed_in
from app.surge.gate import may_wait

TITLE = Label("共通の場所", "Shared places")
DEFAULT_DAYS = 28
MOST_SHOWN = 200
PARAMETERS = frozenset({"from", "to", "within"})


class SharedPlaceView(BaseView):
    """Two cases at one place within n days: where a source may lie nobody thought of."""

    route_base = "/chains"
    class_permission_name = "chain"
    default_view = "places"

    @expose("/places")
    @has_access
    @permission_name("places")
    @may_wait
    def places(self) -> str | tuple[str, int]:
        """The places of a period, those of most cases first."""
        actor = signed_in()
        only_known(request.args, PARAMETERS)
        form = _form(request.args)
        if not _is_right(form):
            return _answer(form), 422
        first, last, within = form["from"].data, form["to"].data, form["within"].data
        visits, more = visits_between(first, last, actor)
        found = shared(visits, within)
        shown = found[:MOST_SHOWN]
        cases = cases_of({key for place in shown for key in place.cases})
        record_list(
            actor,
            door="chain.places",
            people={row.person_id for row in cases.values() if row.person_id is not None},
            filters={"from": str(first), "to": str(last), "within": str(within)},
        )
        lines = [_line(place, cases) for place in shown]
        return _answer(form, places=lines, total=len(found), more=more)


def _form(arguments: MultiDict[str, str]) -> FlaskForm:
    given = MultiDict(arguments)
    today = clock.today()
    given["from"] = given.get("from") or format_date(today - timedelta(days=DEFAULT_DAYS - 1))
    given["to"] = given.get("to") or format_date(today)
    given["within"] = given.get("within") or "2"
    fields: dict[str, Any] = {
        "from": EraDateField(_l("Day of activity from")),
        "to": EraDateField(_l("Day of activity to")),
        "within": IntegerItemField(_l("Days apart at most"), minimum=0, maximum=30),
    }
    form: FlaskForm = type("PlaceForm", (FlaskForm,), fields)(formdata=given, meta={"csrf": False})
    return form


def _is_right(form: FlaskForm) -> bool:
    if not form.validate():
        return False
    days = (form["to"].data - form["from"].data).days
    if days < 0:
        form["to"].errors = [_l("The last day lies before the first.")]
    elif days > 366:
        form["to"].errors = [_l("Choose at most %(days)s days.", days=366)]
    return not form["to"].errors


def _line(place: SharedPlace, cases: Any) -> dict[str, Any]:
    return {
        "name": place.name,
        "count": len(place.cases),
        "visits": [
            {
                "number": cases[visit.case_id].number or f"#{visit.case_id}",
                "url": url_for("CaseView.show", pk=visit.case_id, tab="activities"),
                "name": cases[visit.case_id].name or cases[visit.case_id].kana or "",
                "when": f"{format_date(visit.on)} {visit.time}".strip(),
                "onset": format_date(cases[visit.case_id].onset_on),
            }
            for visit in place.visits
            if visit.case_id in cases
        ],
    }


def _answer(form: FlaskForm, **contents: Any) -> str:
    return render_template("chains/places.html", title=str(TITLE), form=form, **contents)
