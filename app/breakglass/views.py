"""The pages of break-glass access: opening a foreign case, and taking note of it."""

from typing import Any

from flask import flash, render_template, request, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from app.audit.doors import door_label
from app.audit.reads import record_look
from app.breakglass import queries, service
from app.breakglass.models import BreakGlass
from app.breakglass.rules import MINUTES, REASON, is_case_number, minutes_left
from app.breakglass.wording import OpeningRow, rows_of
from app.cases.rules import case_number
from app.core import clock, forms
from app.core.dates import format_instant
from app.core.db import db
from app.core.errors import DomainError, NotVisible
from app.core.fields import CodeField, LongTextField, NormalisedStringField, Required
from app.core.forms import ItemForm
from app.core.japanese import digits
from app.core.pages import Action, Crumb
from app.generated.arguments import one_of, only_known, pack_cursor, read_cursor, record_key
from app.generated.hooks import signed_in
from app.generated.submissions import submit_once
from app.security.actor import Actor

Page = Response | str | tuple[str, int]
ORDER = "break_glass:-"


class OpenForm(ItemForm):
    """Which case, and why."""

    number = NormalisedStringField(
        _l("Case number"), [Required()], max_length=20, description=_l("Eight digits, exactly.")
    )
    reason = CodeField(_l("Reason"), [Required()], codes=REASON, radio=False)
    explanation = LongTextField(
        _l("Circumstances"),
        [Required()],
        max_length=400,
        rows=3,
        description=_l("What you need the case for. Do not write names."),
    )


class NoteForm(ItemForm):
    """What those in charge found."""

    note = LongTextField(_l("Note"), max_length=400, rows=3)


class BreakGlassView(BaseView):
    """``/break-glass``: 緊急閲覧."""

    route_base = "/break-glass"
    class_permission_name = "break_glass"
    default_view = "list"

    # -- whoever opens ------------------------------------------------------------------------

    @expose("/open", methods=["GET", "POST"])
    @has_access
    @permission_name("open")
    def open(self) -> Page:
        """Number and reason, a page that says what follows, then the case."""
        actor = signed_in()
        only_known(request.args, {"parked"})
        form = OpenForm()
        if request.method == "GET":
            return _open_page(form, actor)
        if not form.validate() or not _number_is_whole(form):
            return _open_page(form, actor), 422
        try:
            service.refuse_too_many(actor)
            if request.form.get("confirmed") != "yes":
                return _confirm_page(form)
            return submit_once(form.form_token_.data, actor, lambda: _open(form, actor))
        except service.MetAlready as known:
            flash(_("You can see this case without break-glass access."), "info")
            return redirect(url_for("CaseView.show", pk=known.case_id), 303)
        except service.NoSuchCase as refused:
            service.note_missed(by=actor)
            forms.show_problems(form, refused.problems)
        except DomainError as refused:
            form.form_errors.append(refused.message)
        return _open_page(form, actor), 422

    @expose("/<pk>/end", methods=["POST"])
    @has_access
    @permission_name("open")
    def end(self, pk: str) -> Response:
        """Close the case before its hour is over."""
        service.end_opening(_opening_or_404(pk), by=signed_in())
        flash(_("The break-glass access was ended."), "success")
        return redirect(url_for(".open"), 303)

    # -- whoever answers for the case ---------------------------------------------------------

    @expose("/", methods=["GET"])
    @has_access
    @permission_name("list")
    def list(self) -> str:
        """Openings of the cases one answers for; those to be checked first."""
        actor = signed_in()
        only_known(request.args, {"after", "show"})
        waiting = one_of(request.args, "show", ("all",)) is None
        cursor = read_cursor(request.args, ORDER, None)
        found = queries.addressed_openings(actor, waiting=waiting, cursor=cursor)
        rows = found[: queries.PAGE]
        shown: dict[str, Any] = {} if waiting else {"show": "all"}
        older = None
        if len(found) > queries.PAGE:
            after = pack_cursor(ORDER, None, rows[-1].id)
            older = url_for(".list", after=after, **shown)
        return render_template(
            "breakglass/list.html",
            title=_("Break-glass access"),
            rows=rows_of(rows),
            waiting=waiting,
            older=older,
            trail=(Crumb(_("Break-glass access")),),
        )

    @expose("/<pk>", methods=["GET", "POST"])
    @has_access
    @permission_name("acknowledge")
    def show(self, pk: str) -> Page:
        """One opening: who, why, what was looked at; and the note of those in charge."""
        actor = signed_in()
        only_known(request.args, {"parked"})
        opening = _opening_or_404(pk)
        form = NoteForm()
        if request.method == "POST" and form.validate():
            service.acknowledge(opening, form.note.data, by=actor)
            flash(_("Noted."), "success")
            return redirect(url_for(".list"), 303)
        if request.method == "GET":
            record_look(actor, door="break_glass.show", case_id=opening.case_id)
        page = render_template(
            "breakglass/show.html",
            title=_("Break-glass access to case %(number)s", number=case_number(opening.case_id)),
            row=rows_of([opening])[0],
            looks=[(format_instant(at), door_label(d)) for at, d in queries.looks_under(opening)],
            form=None if opening.acknowledged_at or opening.user_id == actor.user_id else form,
            trail=(
                Crumb(_("Break-glass access"), url_for(".list")),
                Crumb(case_number(opening.case_id)),
            ),
        )
        return page, 422 if form.errors else 200


def _opening_or_404(pk: str) -> BreakGlass:
    found = db.session.scalars(
        select(BreakGlass)
        .where(BreakGlass.id == record_key(pk))
        .options(joinedload(BreakGlass.institution), joinedload(BreakGlass.responsible_centre))
    ).one_or_none()
    if found is None:
        raise NotVisible(_l("There is no such record."))
    return found


def _number_is_whole(form: Any) -> bool:
    if is_case_number(digits(form.number.data)):
        return True
    problem = _l("This is not a case number: its check digit does not fit. Check each digit.")
    forms.show_problems(form, {"number": [problem]})
    return False


def _open(form: Any, actor: Actor) -> str:
    opening = service.open_case(
        digits(form.number.data), form.reason.data, form.explanation.data, by=actor
    )
    flash(_("The case is open to you for %(minutes)s minutes.", minutes=MINUTES), "warning")
    return url_for("CaseView.show", pk=opening.case_id)


def _open_page(form: Any, actor: Actor) -> str:
    held = queries.own_open(actor)
    rows: list[tuple[OpeningRow, int, str]] = [
        (
            row,
            minutes_left(one.expires_at, clock.now()),
            url_for("CaseView.show", pk=one.case_id),
        )
        for one, row in zip(held, rows_of(held), strict=True)
    ]
    title = _("Open a case by break-glass access")
    return render_template(
        "breakglass/open.html",
        title=title,
        form=form,
        rows=rows,
        minutes=MINUTES,
        trail=(Crumb(title),),
    )


def _confirm_page(form: Any) -> str:
    number = digits(form.number.data)
    sent = ("number", "reason", "explanation", "form_token_")
    return render_template(
        "breakglass/confirm.html",
        title=_("Open this case?"),
        number=number,
        reason=REASON.label(form.reason.data),
        explanation=form.explanation.data,
        minutes=MINUTES,
        fields=[(name, form[name].data) for name in sent],
        action=Action(_("Open by break-glass access"), url_for(".open"), "post", "danger"),
        cancel_url=url_for(".open"),
        trail=(
            Crumb(_("Open a case by break-glass access"), url_for(".open")),
            Crumb(_("Confirmation")),
        ),
    )
