"""``/matching/cases``: two cases of one person side by side, merged, and taken apart again."""

from typing import Any

from flask import flash, render_template, request, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from app.audit.reads import record_look
from app.cases.header import case_or_404, header_of
from app.cases.models import Case
from app.core.errors import DomainError
from app.core.pages import Crumb
from app.generated.arguments import only_known, record_key
from app.generated.hooks import may, signed_in
from app.generated.refusals import refuse_closed, show_problem
from app.generated.submissions import submit_once
from app.matching import case_merging, case_pages
from app.matching.episodes import Candidate, others_of
from app.matching.merge_views import asked_for_undoing, told_of_undoing
from app.matching.models import CaseMerge
from app.matching.pages import words_of_left
from app.matching.queries import case_merge_or_404
from app.matching.views import DecisionForm
from app.security.actor import Actor

Page = Response | str | tuple[str, int]


class CaseMergeView(BaseView):
    """Cases of one episode, registered twice."""

    route_base = "/matching/cases"
    class_permission_name = "match_pair"
    default_view = "of"

    @expose("/of/<pk>", methods=["GET"])
    @has_access
    @permission_name("list")
    def of(self, pk: str) -> Page:
        """The case beside another one of the same person (``other``), the likeliest by itself."""
        actor = signed_in()
        only_known(request.args, {"other"})
        case = case_or_404(record_key(pk))
        refuse_closed(case)
        return _pair_page(case, request.args.get("other", ""), DecisionForm(), actor)

    @expose("/merge/<pk>", methods=["POST"])
    @has_access
    @permission_name("merge")
    def merge(self, pk: str) -> Page:
        """Make the other case one with this; the value of each item is the one chosen."""
        actor, case, form = signed_in(), case_or_404(record_key(pk)), DecisionForm()
        refuse_closed(case)
        wanted = request.form.get("other", "")
        chosen = _chosen(others_of(case), wanted)
        if chosen is None:
            flash(_("Choose one."), "warning")
            return redirect(url_for(".of", pk=case.id), 303)
        other = chosen.case
        names = {item.name for item in case_merging.merged_items()}
        take = {name for name in names if request.form.get(f"take_{name}") == "second"}

        def done() -> str:
            case_merging.merge_cases(
                case,
                other,
                take=take,
                why=form.note.data or "",
                in_spite=bool(form.in_spite.data),
                by=actor,
            )
            flash(_("The two are one now. It can be taken back on the list of merges."), "success")
            return url_for("CaseView.show", pk=case.id)

        if form.validate():
            if request.form.get("versions") != case_pages.versions(case, other):
                flash(
                    _("Somebody changed one of the two meanwhile. Compare them again."), "warning"
                )
                return redirect(url_for(".of", pk=case.id, other=other.id), 303)
            try:
                return submit_once(form.form_token_.data, actor, done)
            except DomainError as error:
                show_problem(form, error)
        return _pair_page(case_or_404(record_key(pk)), wanted, form, actor), 422

    @expose("/undo/<pk>", methods=["GET", "POST"])
    @has_access
    @permission_name("undo")
    def undo(self, pk: str) -> Page:
        """Asks for the reason, then takes the merge back and says what was left as it is."""
        only_known(request.args, ())
        merged = case_merge_or_404(record_key(pk))
        return asked_for_undoing(
            merged,
            lambda why: _undone(merged, why),
            line=lambda: case_pages.merge_line(merged),
            look={
                "door": "match_pair.undo_cases",
                "case_id": merged.winner_id,
                "person_id": merged.winner.person_id,
            },
        )


def _pair_page(case: Case, wanted: str, form: Any, actor: Actor) -> str:
    found = others_of(case)
    chosen = _chosen(found, wanted) or (found[0] if found and not wanted else None)
    record_look(actor, door="match_pair.cases", case_id=case.id, person_id=case.person_id)
    asked = request.form if request.method == "POST" else {}
    title = _("One episode, registered twice?")
    return render_template(
        "matching/cases.html",
        title=title,
        trail=(Crumb(str(case), url_for("CaseView.show", pk=case.id)), Crumb(title)),
        header=header_of(case),
        case=case,
        others=[case_pages.other_line(case, one, one is chosen) for one in found],
        pair=None if chosen is None else case_pages.pair(case, chosen),
        chosen=lambda line: asked.get(
            f"take_{line.name}", "second" if line.take_second else "first"
        ),
        form=form,
        gives_up=chosen is not None and chosen.case.responsible_centre_id == actor.institution_id,
        may_merge=may("merge", "match_pair"),
    )


def _chosen(found: Any, wanted: str) -> Candidate | None:
    return next((one for one in found if str(one.case.id) == wanted), None)


def _undone(merged: CaseMerge, why: str) -> str:
    left = case_merging.take_cases_back(merged, why, by=signed_in())
    words = words_of_left(left, case_merging.merged_items(), "case")
    return told_of_undoing(words, _("Taken back: both cases are as they were."))
