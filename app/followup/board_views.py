"""The board on the screen: 今日の健康観察, the call sheet, and who calls whom."""

from typing import Any

from flask import flash, render_template, request, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from app.accounts.parking import take_parked
from app.audit.reads import record_list, record_look
from app.core import clock, forms
from app.core.db import db
from app.core.errors import InvalidInput, InvalidState, NotVisible
from app.core.pages import Crumb
from app.followup import board, calling
from app.followup.board import BOARD_GROUP, GROUPS, Choice
from app.followup.board_links import (
    bodies,
    group_tabs,
    latest_handover,
    names,
    narrowings,
    pages,
)
from app.followup.board_rows import Surroundings, rows_of
from app.followup.call_sheet import CallForm, sheet_of
from app.followup.plans import ObservationPlan
from app.generated.arguments import BadArgument, one_of, only_known, record_key
from app.generated.hooks import may, signed_in
from app.generated.submissions import submit_once
from app.security.actor import Actor

Page = Response | str | tuple[str, int]
CHOICES = ("group", "nurse", "kind", "body")
TITLE = _l("Health observation today")
MOST_PAGES = 200


class BoardView(BaseView):
    """``/board``: who is worse, who is silent, who is due."""

    route_base = "/board"
    class_permission_name = "board"
    default_view = "list"

    @expose("/", methods=["GET"])
    @has_access
    @permission_name("list")
    def list(self) -> str:
        """The people of the own institution, whoever needs it most first."""
        only_known(request.args, {*CHOICES, "page"})
        return str(_board(""))

    @expose("/pulse", methods=["GET"])
    @has_access
    @permission_name("list")
    def pulse(self) -> Response | str:
        """The same page if anything changed since the one with this mark; the open page asks."""
        only_known(request.args, {*CHOICES, "page", "mark"})
        return _board(request.args.get("mark", "")) or Response(status=204)

    @expose("/next", methods=["GET"])
    @has_access
    @permission_name("call")
    def next(self) -> Response:
        """The call sheet of whoever has to be called next."""
        actor = signed_in()
        only_known(request.args, set(CHOICES))
        return redirect(_next_url(actor, _choice(request.args)), 303)

    @expose("/call/<pk>", methods=["GET", "POST"])
    @has_access
    @permission_name("call")
    def call(self, pk: str) -> Page:
        """The call sheet: who it is, how they are, and what came of the call."""
        actor = signed_in()
        only_known(request.args, {*CHOICES, "parked"})
        choice = _choice(request.args)
        plan = plan_or_404(pk)
        form = CallForm()
        if request.method == "GET":
            typed = take_parked(request.path)
            form = CallForm(formdata=typed) if typed is not None else form
            calling.hold(plan, by=actor)
        elif form.validate():
            try:
                return submit_once(
                    form.form_token_.data, actor, lambda: _called(plan, form, actor, choice)
                )
            except InvalidInput as refused:
                form.form_errors.extend(forms.show_problems(form, refused.problems))
            except InvalidState as refused:
                form.form_errors.append(refused.message)
        if request.method == "GET":
            record_look(actor, door="board.call", case_id=plan.case_id, person_id=_person_key(plan))
        page = render_template(
            "followup/call.html",
            sheet=sheet_of(plan, actor),
            form=form,
            board_url=url_for(".list", **choice.words()),
            skip_url=url_for(".next", **choice.words()),
            trail=(Crumb(str(TITLE), url_for(".list", **choice.words())), Crumb(_("Call sheet"))),
        )
        return page, 422 if form.errors else 200

    @expose("/overview", methods=["GET"])
    @has_access
    @permission_name("overview")
    def overview(self) -> str:
        """Numbers of every health centre and observing institution; nobody's name."""
        signed_in()
        only_known(request.args, ())
        found = board.overview(clock.now())
        called = names({key for centre, body, _n in found for key in (centre, body) if key})
        rows = sorted(
            (called.get(centre or 0, "－"), called.get(body or 0, "－"), numbers)
            for centre, body, numbers in found
        )
        return render_template(
            "followup/overview.html",
            title=_("Health observation by institution"),
            trail=(Crumb(_("Health observation by institution")),),
            headings=[BOARD_GROUP.label(name) for name in GROUPS],
            rows=[(c, b, [n[name] for name in GROUPS], sum(n.values())) for c, b, n in rows],
            totals=[sum(n[name] for _c, _b, n in rows) for name in GROUPS],
        )


def plan_or_404(pk: str) -> ObservationPlan:
    """The plan with its people, under the law. Raises NotVisible."""
    found = db.session.scalars(
        select(ObservationPlan)
        .where(ObservationPlan.id == record_key(pk))
        .options(*board.WITH_PEOPLE)
    ).one_or_none()
    if found is None or found.subject is None:
        raise NotVisible(_l("There is no such record."))
    return found


def _board(known: str) -> str | None:
    """The board; None when it is still as ``known``, the mark of a page, says."""
    actor, choice, now = signed_in(), _choice(request.args), clock.now()
    page = _page(request.args.get("page"))
    numbers, mark = board.counts_and_mark(actor, choice, now)
    if mark == known:
        return None
    found = board.people(actor, choice, now, page=page)
    record_list(
        actor,
        door="board.list",
        people=[key for plan, _g, _s in found if (key := _person_key(plan)) is not None],
        filters=choice.words(),
    )
    colleagues = calling.colleagues(actor)
    total = sum(numbers.values()) if choice.group is None else numbers[choice.group]
    return render_template(
        "followup/board.html",
        title=str(TITLE),
        trail=(Crumb(str(TITLE)),),
        now=clock.in_japan(now),
        pulse=(url_for(".pulse", **choice.words(), page=page if page > 1 else None), mark),
        tabs=group_tabs(choice, numbers),
        rows=rows_of(
            found,
            Surroundings(
                nurses={one.user_id: one.name for one in colleagues},
                bodies=bodies(found, actor.institution_id),
                own_id=actor.institution_id,
                link=choice.words(),
            ),
        ),
        choice=choice,
        narrowings=narrowings(choice),
        total=total,
        to_call=sum(numbers[name] for name in board.TO_CALL),
        next_url=url_for(".next", **choice.words()),
        pages=pages(choice, page, total),
        colleagues=colleagues if may("assign", "board") else (),
        handover=latest_handover(),
        may_oversee=may("overview", "board"),
    )


def _called(plan: ObservationPlan, form: CallForm, actor: Actor, choice: Choice) -> str:
    values = {
        name: form[name].data
        for name in ("temperature", "spo2", "symptoms", "emergency_symptoms")
        if form[name].data is not None
    }
    calling.record_call(
        plan,
        by=actor,
        result=form.result.data,
        again_at=form.again_at.data,
        words=form.remarks.data,
        values=values,
    )
    flash(_("The call was noted."), "success")
    return _next_url(actor, choice, without=plan.id)


def _next_url(actor: Actor, choice: Choice, *, without: int | None = None) -> str:
    key = board.next_to_call(actor, choice, clock.now(), without=without)
    if key is None:
        flash(_("Everybody who has to be called has been called."), "info")
        return url_for("BoardView.list", **choice.words())
    return url_for("BoardView.call", pk=key, **choice.words())


def _choice(arguments: Any) -> Choice:
    body = arguments.get("body")
    return Choice(
        group=one_of(arguments, "group", GROUPS),
        nurse=one_of(arguments, "nurse", ("me", "nobody")),
        kind=one_of(arguments, "kind", ("case", "contact")),
        body_id=None if not body else record_key(body),
    )


def _page(text: str | None) -> int:
    if not text:
        return 1
    if not (text.isascii() and text.isdigit() and 0 < int(text[:6]) <= MOST_PAGES):
        raise BadArgument(_l("This address is not complete or has a mistake in it."))
    return int(text)


def _person_key(plan: ObservationPlan) -> int | None:
    key: int | None = plan.subject.person_id
    return key
