"""``/matching/merges``: what was merged, and taking it back."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import flash, render_template, request, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app.audit.reads import record_list, record_look
from app.core.errors import DomainError, InvalidState
from app.core.fields import LongTextField, Required
from app.core.forms import ItemForm
from app.core.pages import Crumb
from app.generated.arguments import only_known, record_key
from app.generated.hooks import may, signed_in
from app.generated.refusals import show_problem
from app.generated.submissions import submit_once
from app.matching import case_pages, merging, pages
from app.matching.models import CaseMerge, PersonMerge
from app.matching.queries import case_merges, merge_or_404, merges
from app.matching.views import TITLE

Page = Response | str | tuple[str, int]


class UndoForm(ItemForm):
    """Why a merge is taken back."""

    note = LongTextField(_l("Reason"), [Required()], rows=2, max_length=340)


class MergeView(BaseView):
    """Persons and cases made one by the own health centre."""

    route_base = "/matching/merges"
    class_permission_name = "match_pair"
    default_view = "list"

    @expose("/", methods=["GET"])
    @has_access
    @permission_name("list")
    def list(self) -> str:
        """The merges, newest first."""
        only_known(request.args, ())
        found, more = merges()
        cases = case_merges()
        people = {merged.winner_id for merged in found}
        people |= {merged.winner.person_id for merged in cases if merged.winner.person_id}
        record_list(signed_in(), door="match_pair.merges", people=people)
        title = _("Merged records")
        return render_template(
            "matching/merges.html",
            title=title,
            lines=[pages.merge_line(merged) for merged in found],
            more=more,
            cases=[case_pages.merge_line(merged) for merged in cases],
            may_undo=may("undo", "match_pair"),
            trail=(_crumb(), Crumb(title)),
        )

    @expose("/undo/<pk>", methods=["GET", "POST"])
    @has_access
    @permission_name("undo")
    def undo(self, pk: str) -> Page:
        """Asks for the reason, then takes the merge back and says what was left as it is."""
        only_known(request.args, ())
        merged = merge_or_404(record_key(pk))
        return asked_for_undoing(
            merged,
            lambda why: _undone(merged, why),
            line=lambda: pages.merge_line(merged),
            look={"door": "match_pair.undo", "person_id": merged.winner_id},
        )


def asked_for_undoing(
    merged: PersonMerge | CaseMerge,
    undo: Callable[[str], str],
    *,
    line: Callable[[], dict[str, Any]],
    look: Mapping[str, Any],
) -> Page:
    """Taking back a merge of persons or of cases: asks why, then ``undo(why)`` gives where to go.

    ``line`` shows the merge on the page, ``look`` is how opening it is recorded.
    """
    actor, form = signed_in(), UndoForm()
    if request.method == "POST" and form.validate():
        try:
            return submit_once(form.form_token_.data, actor, lambda: undo(form.note.data or ""))
        except DomainError as error:
            show_problem(form, error)
    elif request.method == "GET" and merged.undone_at is not None:
        raise InvalidState(_l("This merge has been taken back already."))
    record_look(actor, **look)
    title, there = _("Take the merge back"), url_for("MergeView.list")
    page = render_template(
        "matching/undo.html",
        title=title,
        line=line(),
        form=form,
        cancel_url=there,
        trail=(_crumb(), Crumb(_("Merged records"), there), Crumb(title)),
    )
    return page, 200 if request.method == "GET" else 422


def told_of_undoing(left: Sequence[str], all_back: str) -> str:
    """Say what was left as it is now (in words), or ``all_back``; gives the list of merges."""
    if left:
        items = "、".join(left)
        flash(_("Taken back. Left as it is now: %(items)s", items=items), "warning")
    else:
        flash(all_back, "success")
    return url_for("MergeView.list")


def _undone(merged: PersonMerge, why: str) -> str:
    left = merging.take_back(merged, why, by=signed_in())
    words = pages.words_of_left(left, merging.merged_items())
    return told_of_undoing(words, _("Taken back: both persons are as they were."))


def _crumb() -> Crumb:
    return Crumb(str(TITLE), url_for("MatchView.list"))
