"""Who calls whom: giving people out, spreading the load, handing over at the change of shift."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from flask import flash, render_template, request, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from app.accounts.parking import take_parked
from app.core import clock, forms
from app.core.db import db
from app.core.errors import InvalidInput
from app.core.fields import LongTextField
from app.core.forms import ItemForm
from app.core.pages import Crumb
from app.followup import board, calling
from app.followup.board import BOARD_GROUP, GROUPS, Choice
from app.followup.board_links import latest_handover
from app.followup.plans import ObservationPlan
from app.generated.arguments import BadArgument, only_known, record_key
from app.generated.hooks import signed_in
from app.generated.submissions import submit_once
from app.security.actor import Actor

Page = Response | str | tuple[str, int]
MOST = 500
"""People given out in one step."""


class HandoverForm(ItemForm):
    """What the next shift should know."""

    note = LongTextField(
        _l("What the next shift should know"),
        max_length=2000,
        rows=4,
        description=_l("Refer to people by their case number, not by name."),
    )


class BoardStaffView(BaseView):
    """``/board/staff``: 担当の割り振り・引継ぎ."""

    route_base = "/board/staff"
    class_permission_name = "board"
    default_view = "load"

    @expose("/", methods=["GET", "POST"])
    @has_access
    @permission_name("assign")
    def load(self) -> Page:
        """How many people each has; spreading those without anybody; the end of a shift."""
        actor = signed_in()
        only_known(request.args, {"parked"})
        form = HandoverForm()
        if request.method == "GET":
            typed = take_parked(request.path)
            form = HandoverForm(formdata=typed) if typed is not None else form
        elif form.validate():
            try:
                return submit_once(form.form_token_.data, actor, lambda: _handed_over(form, actor))
            except InvalidInput as refused:
                form.form_errors.extend(forms.show_problems(form, refused.problems))
        page = render_template(
            "followup/staff.html",
            title=_("Who calls whom"),
            trail=(
                Crumb(_("Health observation today"), url_for("BoardView.list")),
                Crumb(_("Who calls whom")),
            ),
            headings=[BOARD_GROUP.label(name) for name in GROUPS],
            rows=_loads(actor),
            colleagues=[c for c in calling.colleagues(actor) if c.user_id != actor.user_id],
            form=form,
            chosen=request.form.get("to", ""),
            handover=latest_handover(),
        )
        return page, 422 if form.errors else 200

    @expose("/assign", methods=["POST"])
    @has_access
    @permission_name("assign")
    def assign(self) -> Response:
        """Give the ticked people to a colleague, or to nobody."""
        actor = signed_in()
        only_known(request.args, ())
        keys = [record_key(key) for key in request.form.getlist("keys")]
        if not keys or len(keys) > MOST:
            raise BadArgument(_l("Tick at least one row first."))
        chosen = request.form.get("nurse", "")
        plans = db.session.scalars(
            select(ObservationPlan).where(ObservationPlan.id.in_(keys))
        ).all()
        number = calling.assign(plans, record_key(chosen) if chosen else None, by=actor)
        flash(_("%(number)s people were assigned.", number=number), "success")
        return redirect(url_for("BoardView.list"), 303)

    @expose("/balance", methods=["POST"])
    @has_access
    @permission_name("assign")
    def balance(self) -> Response:
        """Spread those without anybody over the ticked colleagues, by risk and load."""
        actor = signed_in()
        only_known(request.args, ())
        ticked = {record_key(key) for key in request.form.getlist("nurse")}
        weights = _weights(actor)
        free = _own(actor, Choice(nurse="nobody"))
        loads = {
            one.user_id: weights.get(one.user_id, 0)
            for one in calling.colleagues(actor)
            if one.user_id in ticked
        }
        number = calling.balance(free[:MOST], loads, by=actor)
        flash(_("%(number)s people were assigned.", number=number), "success")
        return redirect(url_for(".load"), 303)


def _handed_over(form: Any, actor: Actor) -> str:
    to = request.form.get("to", "")
    left = calling.hand_over_shift(
        _own(actor, Choice(nurse="me")),
        by=actor,
        to_user_id=record_key(to) if to else None,
        note=form.note.data,
    )
    flash(_("%(number)s people were handed over.", number=left.people), "success")
    return url_for("BoardView.list")


def _own(actor: Actor, choice: Choice) -> Sequence[ObservationPlan]:
    """People the own institution observes itself, the most urgent first."""
    now = clock.now()
    statement = (
        select(ObservationPlan)
        .where(
            *board.on_board(actor, choice, now),
            ObservationPlan.institution_id == actor.institution_id,
        )
        .order_by(board.group_at(now), ObservationPlan.id)
    )
    return db.session.scalars(statement).all()


def _weights(actor: Actor) -> dict[int | None, int]:
    plan = ObservationPlan
    found = db.session.execute(
        select(plan.nurse_id, func.count(plan.id) + func.sum(plan.risk))
        .where(
            *board.on_board(actor, Choice(), clock.now()),
            plan.institution_id == actor.institution_id,
        )
        .group_by(plan.nurse_id)
    )
    return {nurse: int(weight or 0) for nurse, weight in found}


def _loads(actor: Actor) -> list[dict[str, Any]]:
    """A row per colleague, and one for those without anybody."""
    now = clock.now()
    group = board.group_at(now).label("board_group")
    plan = ObservationPlan
    found = db.session.execute(
        select(plan.nurse_id, group, func.count(plan.id))
        .where(*board.on_board(actor, Choice(), now), plan.institution_id == actor.institution_id)
        .group_by(plan.nurse_id, group)
    )
    numbers: dict[int | None, list[int]] = defaultdict(lambda: [0] * len(GROUPS))
    for nurse, place, number in found:
        numbers[nurse][place] = number
    rows = [
        {"key": one.user_id, "name": one.name, "numbers": numbers[one.user_id]}
        for one in calling.colleagues(actor)
    ]
    rows.append({"key": None, "name": _("Nobody yet"), "numbers": numbers[None]})
    return rows
