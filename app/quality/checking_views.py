"""``/quality/checking``: many findings said to be correct, after a look at how many they are."""

import json
from typing import Any

from flask import flash, render_template, request, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from app.core import clock, forms
from app.core.errors import InvalidInput
from app.core.pages import Crumb
from app.generated.arguments import BadArgument, only_known, record_key
from app.generated.hooks import signed_in
from app.generated.submissions import submit_once
from app.jobs.service import enqueue
from app.quality import queries
from app.quality.checking import (
    AT_ONCE,
    CHECKING,
    Choice,
    check_many,
    choice_restored,
    put_back,
    require_reason,
)
from app.quality.codes import QUEUE
from app.quality.forms import CheckManyForm
from app.quality.narrowing import LISTED_BY, Narrowed, read_narrowed
from app.quality.wording import severity_cell
from app.security.actor import Actor

Page = Response | str | tuple[str, int]


class QualityCheckView(BaseView):
    """Checked, correct: for many at once, and taken back one by one."""

    route_base = "/quality/checking"
    class_permission_name = "quality_finding"
    default_view = "preview"

    @expose("/", methods=["POST"])
    @has_access
    @permission_name("check")
    def preview(self) -> Page:
        """How many are meant, by rule; nothing is changed yet."""
        signed_in()
        only_known(request.args, LISTED_BY)
        keys = request.form.getlist("keys") if request.form.get("which") != "all" else []
        if len(keys) > queries.PAGE:
            raise BadArgument(_l("This address is not complete or has a mistake in it."))
        narrowed = read_narrowed()
        if not keys and request.form.get("which") != "all":
            flash(_("Select at least one finding."), "warning")
            return redirect(url_for("QualityView.list", **narrowed.arguments()), 303)
        choice = Choice(tuple(record_key(key) for key in keys), narrowed, clock.now())
        return _preview_page(choice, None)

    @expose("/apply", methods=["POST"])
    @has_access
    @permission_name("check")
    def apply(self) -> Page:
        """Check them: a few at once, many in the background."""
        actor = signed_in()
        only_known(request.args, ())
        form: Any = CheckManyForm()
        choice = _choice_of(form)
        if form.validate():
            try:
                require_reason(form.reason.data, form.note.data)
            except InvalidInput as refused:
                form.form_errors.extend(forms.show_problems(form, refused.problems))
            else:
                return submit_once(
                    form.form_token_.data, actor, lambda: _applied(choice, form, actor)
                )
        page = _preview_page(choice, form)
        return (page, 422) if isinstance(page, str) else page

    @expose("/<pk>/back", methods=["POST"])
    @has_access
    @permission_name("check")
    def put_back(self, pk: str) -> Page:
        """One finding is to be checked again."""
        actor = signed_in()
        only_known(request.args, ())
        finding = queries.finding_or_404(str(record_key(pk)))
        put_back(finding, by=actor)
        flash(_("It is in the queue again."), "success")
        rule = None if finding.batch_id is None else finding.rule
        at = Narrowed(rule=rule, batch=finding.batch_id).arguments()
        return redirect(url_for("QualityView.show", pk=finding.id, **at), 303)


def _applied(choice: Choice, form: Any, actor: Actor) -> str:
    """Where to go on: the job's page, or the queue."""
    reason, note = form.reason.data, form.note.data
    count = _number(choice)
    if count > AT_ONCE:
        given = {"choice": choice.packed(), "reason": reason, "note": note, "count": count}
        return url_for("JobView.show", job_id=enqueue(CHECKING, given, by=actor).id)
    counts = check_many(choice, reason, note, by=actor)
    done, passed = counts["checked"], counts["passed"]
    flash(ngettext("%(num)s noted as correct.", "%(num)s noted as correct.", done), "success")
    if passed:
        flash(
            ngettext(
                "%(num)s was passed by: it was gone or dealt with already.",
                "%(num)s were passed by: they were gone or dealt with already.",
                passed,
            ),
            "info",
        )
    back = choice.narrowed
    if queries.next_finding(back) is None:
        back = Narrowed()
    return url_for("QualityView.list", **back.arguments())


def _preview_page(choice: Choice, form: Any) -> Response | str:
    counted = queries.by_rule(choice.condition)
    back_url = url_for("QualityView.list", **choice.narrowed.arguments())
    total = sum(count for _rule, count in counted)
    if not total:
        flash(_("Nothing of this is left to be checked."), "info")
        return redirect(back_url, 303)
    if form is None:
        form = CheckManyForm(formdata=None)
    form.choice.data = json.dumps(choice.packed())
    title = _("Check many at once")
    return render_template(
        "quality/checking.html",
        title=title,
        trail=(Crumb(str(QUEUE), back_url), Crumb(title)),
        form=form,
        total=total,
        lines=[(severity_cell(rule.severity), rule, count) for rule, count in counted],
        of_import=choice.narrowed.batch is not None,
        in_background=total > AT_ONCE,
        back_url=back_url,
        apply_url=url_for(".apply"),
    )


def _choice_of(form: Any) -> Choice:
    try:
        return choice_restored(json.loads(form.choice.data or ""))
    except ValueError:
        raise BadArgument(_l("This address is not complete or has a mistake in it.")) from None


def _number(choice: Choice) -> int:
    return sum(count for _rule, count in queries.by_rule(choice.condition))
