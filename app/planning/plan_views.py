"""``/planning/beds/``: scenarios of a bed plan, saved, compared and taken out."""

from typing import Any

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from werkzeug.utils import redirect

from app.core.db import new_token
from app.core.errors import InvalidInput
from app.generated.arguments import BadArgument, only_known, record_key
from app.generated.hooks import may, signed_in
from app.generated.submissions import submit_once
from app.planning import pages, plan_pages, service, words
from app.planning.asking import (
    ASSUMED,
    PARAMETERS,
    address,
    read_assumptions,
    read_period,
    sliders_of,
    stays_typed,
    typed_of,
)
from app.planning.assumptions import PLAN_KEYS, Values
from app.planning.models import BedPlan
from app.planning.past import PastPlan, as_it_was, changes_of
from app.planning.situation import Situation, declared_places, situation_of
from app.planning.views import BROKEN, asked_file, send_made
from app.security.actor import Actor
from app.statistics.asking import Question
from app.surge.gate import may_wait

_SOURCES = frozenset(f"source_{key}" for key in PLAN_KEYS)
_OWN = {"csrf_token", "form_token_", "name", "note"} | _SOURCES
_WITH_PLAN = ASSUMED | {"plan"}


class BedPlanView(BaseView):
    """When the secured beds of each phase would be reached."""

    route_base = "/planning/beds"
    class_permission_name = "planning"
    default_view = "page"

    @expose("/")
    @has_access
    @permission_name("show")
    @may_wait
    def page(self) -> ResponseReturnValue:
        """The sliders and what follows from them."""
        return _page(request.args, signed_in())

    @expose("/download")
    @has_access
    @permission_name("download")
    @may_wait
    def download(self) -> ResponseReturnValue:
        """The same estimates as ``format=xlsx`` or ``csv``; recorded."""
        ending, question = asked_file(request.args, signed_in(), also=_WITH_PLAN)
        situation, _form, values = _calculated(request.args, question)
        if values is None or situation.is_empty:
            raise BadArgument(BROKEN)
        outlook, _now = plan_pages.plan_outlook(situation, values)
        return send_made(situation, outlook, values, ending, words.BED_PLAN)

    @expose("/save", methods=["POST"])
    @has_access
    @permission_name("save")
    def save(self) -> ResponseReturnValue:
        """Keep the assumptions under a name."""
        actor = signed_in()
        only_known(MultiDict((k, v[:400]) for k, v in request.form.items()), PARAMETERS | _OWN)
        sent = MultiDict((k, v) for k, v in request.form.items(multi=True) if k not in _OWN)
        _period, question = read_period(sent, actor)
        values = None if question is None else _calculated(sent, question)[2]
        name, note = request.form.get("name", ""), request.form.get("note", "")
        said = {key: request.form[key] for key in sorted(_SOURCES & request.form.keys())}
        if question is None or values is None:
            return _page(sent, actor, name=name, note=note, sources=said)
        kept, area = _kept(question, values), question.asked.area
        sources = {key.removeprefix("source_"): text for key, text in said.items()}

        def keep() -> str:
            plan = service.save_plan(name, note, kept, area, by=actor, sources=sources)
            flash(_("The plan was saved."), "success")
            return address("BedPlanView.page", question, values, plan=plan.id)

        try:
            return submit_once(request.form.get("form_token_", ""), actor, keep)
        except InvalidInput as refused:
            problems = {key: list(map(str, said)) for key, said in refused.problems.items()}
            return _page(sent, actor, name=name, note=note, sources=said, problems=problems)

    @expose("/<int(max=2147483647):pk>")
    @has_access
    @permission_name("show")
    def saved(self, pk: int) -> ResponseReturnValue:
        """A saved plan, from today's figures."""
        return redirect(plan_pages.address_of_plan(service.plan_by_id(pk)), 303)

    @expose("/<int(max=2147483647):pk>/history")
    @has_access
    @permission_name("show")
    def history(self, pk: int) -> ResponseReturnValue:
        """Who changed what when; each state can be compared with the present one."""
        only_known(request.args, ())
        plan = service.plan_by_id(pk)
        return render_template(
            "planning/history.html",
            title=_("History: %(name)s", name=plan.name),
            plan=plan,
            url=plan_pages.address_of_plan(plan),
            changes=changes_of(plan),
            **pages.frame_of(None, "BedPlanView.page"),
        )

    @expose("/<int(max=2147483647):pk>/remove", methods=["POST"])
    @has_access
    @permission_name("save")
    def remove(self, pk: int) -> ResponseReturnValue:
        """Remove one's own."""
        service.remove_plan(pk, by=signed_in())
        flash(_("The saved plan was removed."), "success")
        return redirect(url_for("BedPlanView.page"), 303)

    @expose("/compare")
    @has_access
    @permission_name("show")
    @may_wait
    def compare(self) -> ResponseReturnValue:
        """Two saved plans, ``first`` and ``second``, side by side from the figures up to ``to``;
        the first one as it was after its change ``number``, where that is given."""
        only_known(request.args, {"first", "second", "to", "number"})
        actor = signed_in()
        keys = [request.args.get(name, "") for name in ("first", "second")]
        if not all(keys):
            flash(_("Choose two saved plans to compare."), "warning")
            return redirect(url_for("BedPlanView.page"), 303)
        plans: list[BedPlan | PastPlan]
        plans = [service.plan_by_id(record_key(key)) for key in keys]
        if request.args.get("number"):
            past = service.plan_by_id(record_key(keys[0]))
            plans[0] = as_it_was(past, record_key(request.args["number"]))
        until = request.args.get("to", "")
        found = [plan_pages.calculated(plan, actor, until) for plan in plans]
        both = [one for one in found if one is not None]
        if len(both) < len(plans):
            raise BadArgument(BROKEN)
        if any(one.situation.is_empty for one in both):
            flash(
                _(
                    "In one of the two areas there was no case in the two weeks before. There is"
                    " nothing to compare."
                ),
                "warning",
            )
            return redirect(url_for("BedPlanView.page"), 303)
        return render_template(
            "planning/compare.html",
            title=_("Two plans compared"),
            **pages.frame_of(None, "BedPlanView.page"),
            **plan_pages.comparison_contents(both),
        )


def _calculated(
    arguments: MultiDict[str, str], question: Question
) -> tuple[Situation, FlaskForm, Values | None]:
    situation = situation_of(question)
    known = situation.shares(stays_typed(arguments)) | declared_places(question.asked.area)
    form, values = read_assumptions(arguments, PLAN_KEYS, known)
    if values is not None:
        values = plan_pages.stated_for(values, _opened(arguments))
        for key, text in values.stated.items():
            form[key].description = _("Source stated by the office: %(text)s", text=text)
    return situation, form, values


def _opened(arguments: MultiDict[str, str]) -> BedPlan | None:
    """The saved plan the page was opened from. Raises NotVisible."""
    key = arguments.get("plan", "")
    return service.plan_by_id(record_key(key)) if key else None


def _names_of_own(arguments: MultiDict[str, str], actor: Actor) -> dict[str, str]:
    """An own plan is changed by saving it under its name again."""
    plan = _opened(arguments)
    if plan is None or plan.user_id != actor.user_id:
        return {}
    return {"name": plan.name, "note": plan.note or ""}


def _kept(question: Question, values: Values) -> dict[str, str]:
    """What is saved: the area and the assumptions, no days: a plan starts from today."""
    area = question.asked.area
    places = {
        "prefecture": area.prefecture_code,
        "authority": area.authority_id,
        "centre": area.centre_id,
    }
    chosen = {name: str(value) for name, value in places.items() if value is not None}
    return {"basis": question.asked.basis} | chosen | typed_of(values)


def _page(arguments: MultiDict[str, str], actor: Actor, **saving: Any) -> ResponseReturnValue:
    """The page of a scenario; 400 while a number needs correcting, 422 while a name does."""
    period, question = read_period(arguments, actor, also=_WITH_PLAN)
    shown: dict[str, Any] = {}
    values = None
    if question is not None:
        situation, form, values = _calculated(arguments, question)
        shown = {
            "assumptions": form,
            "sliders": sliders_of(form, PLAN_KEYS),
            **pages.place_contents(situation),
        }
        if values is not None and not situation.is_empty:
            shown |= plan_pages.plan_contents(situation, values, arguments.get("plan"))
            shown["sources"] = plan_pages.source_lines(values, saving.get("sources", {}), form)
            # The days are sent along for the page that follows; they are not kept.
            days = {"from": question.asked.first, "to": question.asked.last}
            sent = {name: day.isoformat() for name, day in days.items()}
            shown["kept"] = sorted((_kept(question, values) | sent).items())
    page = pages.page(
        "planning/beds.html",
        period,
        question,
        "BedPlanView.page",
        form_token=new_token(),
        opened=arguments.get("plan"),
        saved=plan_pages.saved_contents(actor),
        may_save=may("save", "planning"),
        saving={"name": "", "note": "", "problems": {}} | _names_of_own(arguments, actor) | saving,
        **shown,
    )
    if saving.get("problems"):
        return page, 422
    return page, 200 if values is not None else 400
