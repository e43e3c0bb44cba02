"""``/analysis/``: rows × columns × measure over de-identified items, saved, taken out as a file."""

import io
from typing import Any

from flask import flash, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from werkzeug.utils import redirect

from app.analysis import files, service
from app.analysis.answering import Answer, Refusal, answer
from app.analysis.asking import NAMES, SIDES, Asked, address, conditions, read
from app.analysis.codes import SHARING
from app.analysis.models import SavedAnalysis
from app.analysis.pages import contents_of, filter_groups_of, saved_of
from app.analysis.question import Question, restored_question
from app.analysis.reach import Reach, reach_of
from app.analysis.tasks import KIND
from app.analysis.words import HELP, TITLE
from app.audit.reads import record_export
from app.audit.signing import maker_of
from app.core.db import new_token
from app.core.errors import InvalidInput
from app.core.transaction import transaction
from app.generated.arguments import BadArgument, only_known
from app.generated.hooks import may, signed_in
from app.generated.submissions import submit_once
from app.jobs.service import enqueue
from app.surge.gate import may_wait

_BROKEN = _l("This address is not complete or has a mistake in it.")


class AnalysisView(BaseView):
    """Free analysis: items that identify nobody, crossed as the reader likes."""

    route_base = "/analysis"
    class_permission_name = "analysis"
    default_view = "page"

    @expose("/")
    @has_access
    @permission_name("show")
    @may_wait
    def page(self) -> ResponseReturnValue:
        """The form and the table of the actor's records."""
        reach = reach_of(signed_in())
        asked = read(request.args, reach)
        if asked.question is None:
            return _answer_page(asked, reach), 422
        found = answer(asked.question, reach)
        refused = found.refusal is not None and found.refusal is not Refusal.LONG
        # Who only came by the menu has asked nothing wrong.
        return _answer_page(asked, reach, found), 422 if refused and request.args else 200

    @expose("/download")
    @has_access
    @permission_name("download")
    @may_wait
    def download(self) -> ResponseReturnValue:
        """The same table as ``format=xlsx``, ``csv`` or ``csv-cp932``; recorded."""
        actor = signed_in()
        ending = _ending(request.args.get("format"))
        question = read(_rest(request.args), reach_of(actor)).question
        if question is None:
            raise BadArgument(_BROKEN)
        found = answer(question, reach_of(actor))
        if found.table is None:
            flash(found.sentence, "warning")
            return redirect(address(question), 303)
        by = maker_of(actor)
        content = files.made(found.table, found, ending, by=by)
        with transaction():
            record_export(
                actor,
                door="analysis.download",
                count=len(found.table.rows),
                filters=_recorded(question, ending),
            )
        return send_file(
            io.BytesIO(content),
            mimetype=files.MIMETYPES[ending],
            as_attachment=True,
            download_name=files.file_name(found.table, ending),
            max_age=0,
        )

    @expose("/compute", methods=["POST"])
    @has_access
    @permission_name("show")
    @may_wait
    def compute(self) -> ResponseReturnValue:
        """Add up a long question in the background."""
        actor = signed_in()
        question = _posted(reach_of(actor))
        title = f"{TITLE} {question.first:%Y/%m/%d}–{question.last:%Y/%m/%d}"

        def begin() -> str:
            job = enqueue(KIND, {"question": question.stored()}, by=actor, title=title)
            return url_for("JobView.show", job_id=job.id)

        flash(
            _("The figures are being added up. Open the page again when the work is done."), "info"
        )
        return submit_once(request.form.get("form_token_", ""), actor, begin)

    @expose("/save", methods=["POST"])
    @has_access
    @permission_name("save")
    def save(self) -> ResponseReturnValue:
        """Keep the question under a name."""
        reach = reach_of(signed_in())
        question = _posted(reach)
        name, sharing = request.form.get("name", ""), request.form.get("sharing", "")
        try:
            service.save_analysis(question, name, sharing, by=reach.actor)
        except InvalidInput as refused:
            asked = read(MultiDict(question.arguments()), reach)
            problems = {key: list(map(str, said)) for key, said in refused.problems.items()}
            page = _answer_page(
                asked, reach, answer(question, reach), problems=problems, name=name, sharing=sharing
            )
            return page, 422
        flash(_("The analysis was saved."), "success")
        return redirect(address(question), 303)

    @expose("/saved/<int(max=2147483647):pk>")
    @has_access
    @permission_name("show")
    def saved(self, pk: int) -> ResponseReturnValue:
        """A saved question asked anew, of the reader's own records."""
        return redirect(address(_question_of(service.saved_by_id(pk))), 303)

    @expose("/saved/<int(max=2147483647):pk>/remove", methods=["POST"])
    @has_access
    @permission_name("save")
    def remove(self, pk: int) -> ResponseReturnValue:
        """Remove one's own."""
        service.remove_analysis(pk, by=signed_in())
        flash(_("The saved analysis was removed."), "success")
        return redirect(url_for("AnalysisView.page"), 303)


def _question_of(saved: SavedAnalysis) -> Question:
    return restored_question(saved.question)


def _rest(arguments: MultiDict[str, str]) -> MultiDict[str, str]:
    return MultiDict((k, v) for k, v in arguments.items(multi=True) if k != "format")


def _posted(reach: Reach) -> Question:
    """The question a form of the page carries in hidden fields.

    Raises:
        BadArgument: it is none.
    """
    own = {"csrf_token", "form_token_", "name", "sharing"}
    only_known(MultiDict((k, v) for k, v in request.form.items() if k in own), own)
    sent = MultiDict((k, v) for k, v in request.form.items(multi=True) if k not in own)
    question = read(sent, reach).question
    if question is None:
        raise BadArgument(_BROKEN)
    return question


def _answer_page(asked: Asked, reach: Reach, found: Answer | None = None, **saving: Any) -> str:
    table = found.table if found is not None else None
    question = asked.question
    return render_template(
        "analysis/analysis.html",
        title=str(TITLE),
        form_token=new_token(),
        help=HELP,
        form=asked.form,
        sides=tuple(SIDES),
        groups=filter_groups_of(asked),
        question=question,
        hidden_fields_of=list(question.arguments()) if question else [],
        found=found,
        is_long=found is not None and found.refusal is Refusal.LONG,
        sums_only=reach.sums_only,
        saved=saved_of(reach),
        sharings=[(key, SHARING.label(key)) for key in service.sharings_of(reach.actor)],
        may_save=may("save", "analysis"),
        saving={"name": "", "sharing": "own", "problems": {}} | saving,
        conditions=conditions(question, found.area) if question and found else [],
        **contents_of(table, reach),
    )


def _ending(text: str | None) -> files.Format:
    """The format asked for.

    Raises:
        BadArgument: there is no such one.
    """
    found = next((one for one in files.FORMATS if one == text), None)
    if found is None:
        raise BadArgument(_BROKEN)
    return found


def _recorded(question: Question, ending: str) -> dict[str, str]:
    """As the record of reads keeps it: keys and codes."""
    kept = {name: value for name, value in question.arguments() if name in NAMES}
    filters = ";".join(f"{key}={','.join(values)}" for key, values in question.filters)
    return kept | {"filters": filters, "format": ending}
