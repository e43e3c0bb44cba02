"""``/reports/care-survey/``: the numbers of a Wednesday by authority, and typing what is missing."""

from datetime import date, timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core import clock, forms
from app.core.dates import format_instant
from app.core.errors import Conflict, InvalidInput
from app.core.labels import CodeList, Label
from app.core.pages import Crumb
from app.generated.arguments import BadArgument, only_known
from app.generated.hooks import may, signed_in
from app.reports.forms import SurveyForm
from app.reports.models import CareSurvey
from app.reports.past import changes_of
from app.reports.survey import SurveyRow, survey_rows, total_of
from app.reports.survey_service import (
    check_wednesday,
    declare_complete,
    save_numbers,
    survey_row,
)
from app.reports.views import REPORTS
from app.security.actor import Actor
from app.statistics.areas import own_area
from app.statistics.care import CONTACTS_OBSERVED, NON_REPORTERS
from app.statistics.care_queries import followed
from app.statistics.queries import FAMILY
from app.statistics.weekly_survey import COLUMNS, NUMBERS, day_of_survey

SURVEY = Label("療養状況等調査の入力", "Numbers of the weekly survey")
STATES = CodeList(
    "care_survey_state",
    ("open", "未入力", "Nothing typed"),
    ("typed", "入力中", "Typed"),
    ("complete", "確定", "Complete"),
    tones={"open": "neutral", "typed": "warning", "complete": "success"},
)
SHOWN = ("hospital", "severe", "beds_secured", "hotel", "home", "waiting", "tests")
WEEKS = 8


class CareSurveyView(BaseView):
    """What the portal knows stands beside what is typed; every change is kept."""

    route_base = "/reports/care-survey"
    class_permission_name = "care_survey"
    default_view = "page"

    @expose("/", methods=["GET"])
    @has_access
    @permission_name("show")
    def page(self) -> str:
        """The authorities of the area on one Wednesday."""
        only_known(request.args, {"on"})
        actor = signed_in()
        wednesday = _day(request.args.get("on")) if request.args.get("on") else _latest()
        check_wednesday(wednesday)
        rows = survey_rows(own_area(actor), wednesday, family=FAMILY)
        return render_template(
            "reports/surveys.html",
            title=str(SURVEY),
            wednesday=wednesday,
            wednesdays=[_latest() - timedelta(days=7 * back) for back in range(WEEKS)],
            rows=[(row, _state(row)) for row in rows],
            total=total_of(rows, _("Total")),
            names=[(name, str(COLUMNS[name].label)) for name in SHOWN],
            followed=_followed(actor),
            states=STATES,
            may_edit=may("edit", "care_survey"),
            trail=_trail(),
        )

    @expose("/<day>/<int(max=2147483647):authority_id>", methods=["GET", "POST"])
    @has_access
    @permission_name("edit")
    def enter(self, day: str, authority_id: int) -> ResponseReturnValue:
        """Type the numbers the portal cannot know; correct the others."""
        only_known(request.args, {"parked"})
        actor, wednesday = signed_in(), _day(day)
        row = survey_row(wednesday, authority_id, by=actor)
        form: Any = SurveyForm(obj=row.saved)
        if request.method == "POST" and form.validate():
            try:
                return _kept(row, form, wednesday, actor)
            except InvalidInput as refused:
                form.form_errors.extend(forms.show_problems(form, refused.problems))
        page = render_template(
            "reports/survey.html",
            title=_("%(place)s, %(day)s 0:00", place=row.name, day=f"{wednesday:%Y/%m/%d}"),
            form=form,
            row=row,
            lines=[(form[name], row.known[name], COLUMNS[name].origin) for name in NUMBERS],
            state=_state(row),
            states=STATES,
            wednesday=wednesday,
            sent_at=format_instant(row.saved.sent_at) if row.saved else "",
            changes=[] if row.saved is None else changes_of(row.saved, "care_survey"),
            trail=_trail(wednesday, Crumb(row.name)),
        )
        return page, 422 if form.errors or form.form_errors else 200

    @expose("/<day>/<int(max=2147483647):authority_id>/complete", methods=["POST"])
    @has_access
    @permission_name("edit")
    def complete(self, day: str, authority_id: int) -> ResponseReturnValue:
        """Declare the numbers complete, as they stand now."""
        wednesday = _day(day)
        declare_complete(wednesday, authority_id, by=signed_in())
        flash(_("The numbers are complete and stand as they are."), "success")
        return redirect(url_for(".page", on=wednesday.isoformat()), 303)


def _kept(row: SurveyRow, form: Any, wednesday: date, actor: Actor) -> ResponseReturnValue:
    if (form.row_version_.data or None) != getattr(row.saved, "row_version", None):
        raise Conflict(_l("Somebody else changed this record just now."))
    assert row.authority_id is not None
    numbers = {name: form[name].data for name in NUMBERS}
    save_numbers(wednesday, row.authority_id, numbers, by=actor)
    flash(_("The numbers were saved."), "success")
    return redirect(
        url_for("CareSurveyView.enter", day=wednesday.isoformat(), authority_id=row.authority_id),
        303,
    )


def _state(row: SurveyRow) -> str:
    saved: CareSurvey | None = row.saved
    if saved is None:
        return "open"
    return "typed" if saved.sent_at is None else "complete"


def _followed(actor: Actor) -> list[tuple[str, int, str]]:
    """(label, people, definition) of who is followed now: beside the survey, not part of it."""
    numbers = followed(own_area(actor), by=actor)
    return [
        (str(one.label), number, str(one.sentence))
        for one, number in zip((CONTACTS_OBSERVED, NON_REPORTERS), numbers, strict=True)
    ]


def _latest() -> date:
    return day_of_survey(clock.today())


def _day(text: str | None) -> date:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        raise BadArgument(_l("This address is not complete or has a mistake in it.")) from None


def _trail(wednesday: date | None = None, *crumbs: Crumb) -> tuple[Crumb, ...]:
    reports = Crumb(str(REPORTS), url_for("ReportView.list"))
    if wednesday is None:
        return (reports, Crumb(str(SURVEY)))
    back = url_for("CareSurveyView.page", on=wednesday.isoformat())
    return (reports, Crumb(str(SURVEY), back), *crumbs)
