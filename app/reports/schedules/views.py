"""``/report-schedules/``: what was made regularly for the area, and the schedules behind it."""

from collections.abc import Callable
from functools import partial
from typing import Any

from flask import flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app.audit.causes import names_of_people
from app.audit.reads import record_export
from app.core import forms
from app.core.dates import format_instant
from app.core.errors import DomainError, InvalidInput, NotVisible
from app.core.labels import Label
from app.core.pages import Action, Crumb
from app.generated.arguments import only_known
from app.generated.hooks import signed_in
from app.generated.submissions import submit_once
from app.reports.kind import BASIS, DISEASE
from app.reports.kinds import kind_named, kinds_of
from app.reports.protection import Lock, lock_of, problems_of
from app.reports.rules import words_of
from app.reports.schedules import queries, service
from app.reports.schedules.codes import (
    EVERY,
    HOUR,
    ISSUE_STATE,
    MONTH_DAY,
    PAUSED_BY,
    SCHEDULE_STATE,
    WEEKDAY,
)
from app.reports.schedules.forms import ScheduleForm, schedule_form
from app.reports.schedules.models import ReportIssue, ReportSchedule
from app.reports.schedules.rules import Rhythm
from app.reports.wording import disease_name
from app.security.actor import Actor
from app.statistics.areas import standing_of
from app.statistics.measures import BASIS as BASES

SCHEDULED = Label("定期の報告", "Regular reports")
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ENDED_FOR_GOOD = _l(
    "It cannot be resumed: schedule the report again if it is needed. What was made stays until "
    "it expires."
)
Verb = Callable[..., None]
VERBS: dict[str, tuple[Verb, object]] = {
    "pause": (service.pause, _l("It is paused.")),
    "resume": (service.resume, _l("It goes on, with your rights from now on.")),
    "end": (service.end, _l("It is ended. What was made stays until it expires.")),
    "subscribe": (service.subscribe, _l("You are told by mail when a report is there.")),
    "unsubscribe": (service.unsubscribe, _l("You get no more mails about it.")),
}


class ReportScheduleView(BaseView):
    """Reports made by day, week or month: a place in the portal, and a notice by mail."""

    route_base = "/report-schedules"
    class_permission_name = "report"
    default_view = "list"

    @expose("/", methods=["GET"])
    @has_access
    @permission_name("list")
    def list(self) -> ResponseReturnValue:
        """What is there to be opened, and what is scheduled."""
        only_known(request.args, ())
        actor = signed_in()
        url = url_for(".add")
        actions = (Action(_("Schedule a report"), url, style="primary"),) if kinds_of(actor) else ()
        return _page(
            "list",
            SCHEDULED,
            (),
            issues=queries.issues(),
            plans=queries.schedules(),
            actions=actions,
        )

    @expose("/<pk>", methods=["GET"])
    @has_access
    @permission_name("list")
    def show(self, pk: str) -> ResponseReturnValue:
        """One schedule: when, as whom, what came of it, and its steps."""
        only_known(request.args, ())
        actor, one = signed_in(), queries.schedule_or_404(pk)
        return _page(
            "show",
            kind_named(one.kind).label,
            (_front(),),
            one=one,
            issues=queries.issues(one.id),
            told=service.is_told(one, actor),
            asked=_asked(one),
            steps=_steps(one, actor),
            ended_for_good=ENDED_FOR_GOOD,
        )

    @expose("/new", methods=["GET", "POST"])
    @has_access
    @permission_name("list")
    def add(self) -> ResponseReturnValue:
        """Schedule a report."""
        only_known(request.args, {"parked"})
        actor = signed_in()
        form = schedule_form(kinds_of(actor))
        if request.method == "POST" and form.validate():
            try:
                return submit_once(form.form_token_.data, actor, partial(_save, form, actor))
            except InvalidInput as refused:
                forms.show_problems(form, refused.problems)
            except DomainError as refused:
                if refused.status not in (403, 409):
                    raise
                form.form_errors.append(refused.message)
        page = render_template(
            "publication/step.html",
            title=_("Schedule a report"),
            form=form,
            hint=_(
                "The report is made with your rights, about your own area and the days that are "
                "over. It waits under regular reports for two weeks; mails say only that it is "
                "there."
            ),
            cancel_url=url_for(".list"),
            trail=(_front(), Crumb(_("Schedule a report"))),
        )
        return page, 422 if form.errors or form.form_errors else 200

    @expose("/<pk>/<verb>", methods=["POST"])
    @has_access
    @permission_name("list")
    def step(self, pk: str, verb: str) -> ResponseReturnValue:
        """Pause, resume, end; be told by mail or not."""
        one = queries.schedule_or_404(pk)
        if verb not in VERBS:
            raise NotVisible(_l("There is no such page."))
        if verb == "end" and request.form.get("confirmed") != "yes":
            return _ask_before_end(one)
        act, done = VERBS[verb]
        try:
            act(one, by=signed_in())
            flash(str(done), "success")
        except DomainError as refused:
            if refused.status != 409:
                raise
            flash(str(refused.message), "warning")
        return redirect(url_for(".show", pk=one.id), 303)

    @expose("/file/<pk>", methods=["GET"])
    @has_access
    @permission_name("list")
    def file(self, pk: str) -> Response:
        """The file; opening one with people in it is a look at all of them."""
        only_known(request.args, ())
        issue, name, content = queries.file_of(pk)
        # A HEAD asks whether the file is there: nothing of it leaves, and nobody is seen.
        if request.method != "HEAD":
            record_export(
                signed_in(),
                door=f"report.{issue.kind}",
                count=len(issue.people) if issue.people else issue.rows,
                filters={"scheduled": issue.schedule_id, "issue": issue.id},
                people=issue.people,
            )
        return send_file(content, mimetype=_XLSX, as_attachment=True, download_name=name)


def _save(form: ScheduleForm, by: Actor) -> str:
    every: Any = form.every.data or "day"
    rhythm = Rhythm(
        every, int(form.hour.data or 0), int(form.weekday.data or 0), int(form.month_day.data or 1)
    )
    made = service.schedule(
        form.kind.data or "",
        rhythm,
        by=by,
        choices=form.choices(),
        recipient=form.recipient.data or "",
        purpose=form.purpose.data or "",
        lock=_lock(form.password.data or ""),
    )
    return url_for("ReportScheduleView.show", pk=made.id)


def _asked(one: ReportSchedule) -> list[tuple[str, str]]:
    """What its reports are asked with, in words."""
    kind = kind_named(one.kind)
    said = [(_("Area"), standing_of(one.area).name)]
    if BASIS in kind.parameters:
        said.append((_("Date counted by"), str(BASES[one.basis].label)))
    if DISEASE in kind.parameters:
        said.append((_("Disease"), disease_name(one.family)))
    if kind.listing is not None:
        own = _("The portal's own") if one.plain else _("The default layout of that day")
        said.append((_("Layout"), own if one.layout is None else one.layout.name))
    return said


def _ask_before_end(one: ReportSchedule) -> str:
    label, url = str(kind_named(one.kind).label), url_for("ReportScheduleView.show", pk=one.id)
    return render_template(
        "generated/confirm.html",
        title=_("End this schedule?"),
        question=_(
            "“%(report)s” (%(rhythm)s) is made no more.", report=label, rhythm=rhythm_words(one)
        ),
        detail=ENDED_FOR_GOOD,
        action=Action(
            _("End"), url_for("ReportScheduleView.step", pk=one.id, verb="end"), "post", "danger"
        ),
        cancel_url=url,
        crumbs=(_front(), Crumb(label, url), Crumb(_("Confirmation"))),
    )


def _lock(password: str) -> Lock | None:
    """Raises InvalidInput: a password that protects nothing."""
    if not password:
        return None
    problems = problems_of(password)
    if problems:
        raise InvalidInput({"password": list(problems)})
    return lock_of(password)


def _steps(one: ReportSchedule, actor: Actor) -> list[tuple[str, str, str]]:
    """(verb, words, style) of the buttons."""
    if not service.may_steer(one, actor):
        return []
    found = []
    if one.state == "active":
        found.append(("pause", _("Pause"), ""))
    if one.state == "paused":
        found.append(("resume", _("Resume with my rights"), "button--primary"))
    if one.state != "ended":
        found.append(("end", _("End"), "button--danger"))
    return found


def _page(template: str, title: Label, crumbs: tuple[Crumb, ...], **values: Any) -> str:
    shown = values["plans"] if "plans" in values else [values["one"]]
    return render_template(
        f"reports/schedules/{template}.html",
        owners=names_of_people({one.user_id for one in shown}),
        title=str(title),
        trail=(*crumbs, Crumb(str(title))),
        kind_named=kind_named,
        days=_days,
        rhythm=rhythm_words,
        states=SCHEDULE_STATE,
        issue_states=ISSUE_STATE,
        paused_by=PAUSED_BY,
        format_instant=format_instant,
        **values,
    )


def _days(issue: ReportIssue) -> str:
    return words_of(kind_named(issue.kind).span, issue.first_on, issue.last_on)


def rhythm_words(one: ReportSchedule) -> str:
    """How often, in words: 毎週 月曜日 6時."""
    on = {"day": "", "week": WEEKDAY.label(str(one.weekday))}.get(
        one.every, MONTH_DAY.label(str(one.month_day))
    )
    return " ".join(
        part for part in (EVERY.label(one.every), on, HOUR.label(str(one.hour))) if part
    )


def _front() -> Crumb:
    return Crumb(str(SCHEDULED), url_for("ReportScheduleView.list"))
