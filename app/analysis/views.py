"""``/analysis/``: rows × columns × measure over de-identified items, saved, taken out as a file."""

import io
from dataclasses import dataclass, replace
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
from app.analysis.axes import Line
from app.analysis.chart import chart_of
from app.analysis.codes import SHARING
from app.analysis.dimensions import dimensions
from app.analysis.drill import case_link
from app.analysis.models import SavedAnalysis
from app.analysis.question import Question, restored_question
from app.analysis.reach import Reach, reach_of
from app.analysis.table import Cell, Table
from app.analysis.tasks import KIND
from app.analysis.words import HELP, HIDDEN, TITLE, TOTAL, WHOLE, measured_words, notes_of
from app.audit.reads import record_export
from app.core.dates import format_instant
from app.core.db import new_token
from app.core.errors import InvalidInput
from app.core.pages import Action
from app.core.transaction import transaction
from app.generated.arguments import BadArgument, only_known
from app.generated.hooks import may, signed_in
from app.generated.submissions import submit_once
from app.jobs.service import enqueue
from app.security.roles import role_of
from app.surge.gate import may_wait

_BROKEN = _l("This address is not complete or has a mistake in it.")


@dataclass(frozen=True, slots=True)
class Shown:
    """A cell as the page shows it."""

    text: str
    label: str
    heat: int = 0
    url: str | None = None
    is_hidden: bool = False


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row: its words, one per dimension, and its cells, total last."""

    words: tuple[str, ...]
    cells: tuple[Shown, ...]
    repeats: bool = False
    """The first word is that of the row above."""


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
        return _answer_page(asked, reach, found), 422 if refused else 200

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
        by = f"{actor.name} ({role_of(actor.role).label})"
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
        groups=_filter_groups(asked),
        question=question,
        hidden_fields_of=list(question.arguments()) if question else [],
        found=found,
        is_long=found is not None and found.refusal is Refusal.LONG,
        sums_only=reach.sums_only,
        saved=_saved(reach),
        sharings=[(key, SHARING.label(key)) for key in service.sharings_of(reach.actor)],
        may_save=may("save", "analysis"),
        saving={"name": "", "sharing": "own", "problems": {}} | saving,
        conditions=conditions(question, found.area) if question and found else [],
        **_contents(table, reach),
    )


def _contents(table: Table | None, reach: Reach) -> dict[str, Any]:
    if table is None:
        return {"table": None}
    links = not reach.sums_only
    lines = [_row(table, row, table.rows[row], links) for row in table.order]
    lines = [
        replace(line, repeats=place > 0 and lines[place - 1].words[0] == line.words[0])
        for place, line in enumerate(lines)
    ]
    total = _row(table, len(table.rows), None, links)
    headings = [line.heading for line in table.columns] if table.has_columns else []
    return {
        "table": table,
        "measured": measured_words(table),
        "row_headings": [dimensions()[key].label for key in table.question.rows],
        "column_heading": "／".join(dimensions()[key].label for key in table.question.columns),
        "headings": [*headings, str(TOTAL if headings else table.measure.label)],
        "lines": lines,
        "total": total,
        "notes": notes_of(table),
        "hidden_word": str(HIDDEN),
        "chart": chart_of(table),
        "actions": _downloads(table.question),
    }


def _row(table: Table, number: int, line: Line | None, links: bool) -> ShownRow:
    columns: list[Line | None] = [*(table.columns if table.has_columns else ()), None]
    cells = zip(columns, table.line(number), strict=True)
    shown = [_shown(table, cell, line, column, links=links) for column, cell in cells]
    return ShownRow(line.words if line else (str(TOTAL),), tuple(shown))


def _shown(
    table: Table, cell: Cell, row: Line | None, column: Line | None, *, links: bool
) -> Shown:
    label = column.heading if column is not None else str(TOTAL if table.has_columns else WHOLE)
    if cell.is_hidden:
        return Shown(str(HIDDEN), label, is_hidden=True)
    if cell.value is None:
        return Shown("–", label)
    text = f"{cell.value:,.{table.decimals}f}"
    # Nothing hangs behind a zero.
    url = case_link(table, row, column) if links and cell.value else None
    return Shown(text, label, cell.heat, url)


def _filter_groups(asked: Asked) -> list[tuple[str, list[Any], int]]:
    """(section, fields, how many are narrowed), fields of one item's values."""
    groups: dict[str, list[Any]] = {}
    for dimension, name in asked.filters:
        field = asked.form[name]
        if list(field.iter_choices()):
            groups.setdefault(str(dimension.item.section.label), []).append(field)
    return [
        (section, fields, sum(bool(one.data) for one in fields))
        for section, fields in groups.items()
    ]


def _saved(reach: Reach) -> list[dict[str, Any]]:
    return [
        {
            "name": one.name,
            "url": url_for("AnalysisView.saved", pk=one.id),
            "sharing": SHARING.label(one.sharing),
            "owner": one.owner,
            "saved_at": format_instant(one.saved_at),
            "remove_url": (
                url_for("AnalysisView.remove", pk=one.id)
                if one.user_id == reach.actor.user_id and may("save", "analysis")
                else None
            ),
        }
        for one in service.saved_analyses()
    ]


def _ending(text: str | None) -> files.Format:
    """The format asked for.

    Raises:
        BadArgument: there is no such one.
    """
    found = next((one for one in files.FORMATS if one == text), None)
    if found is None:
        raise BadArgument(_BROKEN)
    return found


def _downloads(question: Question) -> tuple[Action, ...]:
    if not may("download", "analysis"):
        return ()
    words = {"xlsx": _("Excel"), "csv": _("CSV"), "csv-cp932": _("CSV (Shift_JIS)")}
    return tuple(
        Action(
            words[ending],
            address(question, "AnalysisView.download", format=ending),
            icon="download",
        )
        for ending in files.FORMATS
    )


def _recorded(question: Question, ending: str) -> dict[str, str]:
    """As the record of reads keeps it: keys and codes."""
    kept = {name: value for name, value in question.arguments() if name in NAMES}
    filters = ";".join(f"{key}={','.join(values)}" for key, values in question.filters)
    return kept | {"filters": filters, "format": ending}
