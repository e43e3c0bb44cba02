"""The laboratory's screens: waiting tests with their results row by row, and files of results."""

import io
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from flask import flash, redirect, render_template, request, send_file, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select
from werkzeug.wrappers import Response

from app.audit.causes import names_of_people
from app.audit.reads import record_export
from app.cases.codes import SPECIMEN, TEST_METHOD
from app.cases.models import LabTest
from app.core import clock
from app.core.dates import format_date, format_instant
from app.core.db import db
from app.core.errors import InvalidInput
from app.core.pages import Crumb
from app.core.workbooks.container import MAX_FILE
from app.generated.arguments import only_known, record_key
from app.generated.hooks import may, signed_in
from app.generated.refusals import show_problem
from app.laboratory import queries, service
from app.laboratory.files import COLUMNS, marked_workbook, rows_of_file, worklist_workbook
from app.laboratory.forms import ResultFileForm
from app.laboratory.models import RESULT_OUTCOMES, ResultFile
from app.laboratory.rules import RESULTS, number_of_test
from app.laboratory.service import Answer, Entered
from app.security.actor import Actor
from app.security.bodies import MEGABYTE, accept_files

Page = Response | str | tuple[str, int]
FILES = 20
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


accept_files("WorklistView.file", MAX_FILE + MEGABYTE)


class WorklistView(BaseView):
    """Tests sent to the laboratory: 検査待ち一覧."""

    route_base = "/worklist"
    class_permission_name = "lab_result"
    default_view = "list"

    @expose("/", methods=["GET"])
    @has_access
    @permission_name("list")
    def list(self) -> Page:
        """The tests that wait; ``show=answered`` those answered lately."""
        only_known(request.args, {"show"})
        return _page(signed_in(), answered=_answered(), form=ResultFileForm())

    @expose("/save", methods=["POST"])
    @has_access
    @permission_name("edit")
    def save(self) -> Page:
        """Saves every row that was answered; those that cannot be are shown again as typed."""
        only_known(request.args, {"show"})
        actor, typed = signed_in(), request.form
        done: dict[int, Entered] = {}
        for key in _answered_rows(typed)[: queries.SHOWN]:
            day = typed.get(f"day_{key}", "").strip() or typed.get("day", "")
            version = typed.get(f"version_{key}", "")
            number = int(version) if version.isascii() and version.isdigit() else -1
            answer = Answer(key, typed.get(f"result_{key}", ""), day, number)
            done[key] = service.enter_result(answer, by=actor)
        saved = sum(one.outcome == "saved" for one in done.values())
        refused = [key for key, one in done.items() if one.outcome == "refused"]
        words = ngettext("%(num)s result was saved.", "%(num)s results were saved.", saved)
        if not refused:
            flash(words if done else _("Choose a result in at least one row."), "success")
            shown = "answered" if _answered() else None
            return redirect(url_for(".list", show=shown), 303)
        return (
            _page(actor, answered=_answered(), form=ResultFileForm(), done=done, told=words),
            422,
        )

    @expose("/worklist.xlsx")
    @has_access
    @permission_name("list")
    def workbook(self) -> Page:
        """The waiting tests as a workbook to fill in."""
        only_known(request.args, ())
        actor = signed_in()
        tests = queries.waiting_tests(actor, limit=None)
        _note(actor, "lab_result.file", len(tests))
        return sent(worklist_workbook(tests), f"{_('Waiting tests')}.xlsx")

    @expose("/file", methods=["POST"])
    @has_access
    @permission_name("edit")
    def file(self) -> Page:
        """Takes a file of results: every row by itself."""
        only_known(request.args, ())
        actor, form = signed_in(), ResultFileForm()
        try:
            upload = form.file.data
            if upload is None or not upload.filename:
                raise InvalidInput({"file": [_("Choose a file.")]})
            with upload.stream as stream:
                # Never more than the limit is read, whatever the browser sends.
                content = stream.read(MAX_FILE + 1)
            file = service.take_file(rows_of_file(content), source=upload.filename, by=actor)
        except InvalidInput as error:
            show_problem(form, error)
            return _page(actor, answered=False, form=form), 422
        return redirect(url_for(".outcome", pk=file.id), 303)

    @expose("/files/<pk>")
    @has_access
    @permission_name("list")
    def outcome(self, pk: str) -> Page:
        """What became of every row of a file."""
        only_known(request.args, ())
        file = service.file_by_id(record_key(pk))
        _note(signed_in(), "lab_result.show", len(file.rows or ()))
        rows = sorted(file.rows or (), key=lambda one: one["outcome"] != "refused")
        return render_template(
            "laboratory/file.html",
            file=_listed(file, _names([file])),
            rows=[_file_row(one) for one in rows],
            kept=file.rows is not None,
            trail=(*trail(), Crumb(f"#{file.id}")),
        )

    @expose("/files/<pk>/marked.xlsx")
    @has_access
    @permission_name("list")
    def marked(self, pk: str) -> Page:
        """The file with its faulty cells coloured and commented."""
        only_known(request.args, ())
        file = service.file_by_id(record_key(pk))
        _note(signed_in(), "lab_result.file", len(file.rows or ()))
        return sent(marked_workbook(file), f"{_('Results')}_{file.id}.xlsx")


def _answered_rows(typed: Mapping[str, str]) -> Sequence[int]:
    """Tests for which a result was chosen, or a day typed without one."""
    named = [
        name.partition("_")[2]
        for name, text in typed.items()
        if name.startswith(("result_", "day_")) and text.strip()
    ]
    return [record_key(key) for key in dict.fromkeys(named)]


def _page(
    actor: Actor,
    *,
    answered: bool,
    form: ResultFileForm,
    done: Mapping[int, Entered] | None = None,
    told: str = "",
) -> str:
    tests = queries.answered_tests(actor) if answered else queries.waiting_tests(actor)
    if tests:
        # Numbers and specimens without a person: noted as what it is, nobody's file is opened.
        _note(actor, "lab_result.worklist", len(tests))
    latest = select(ResultFile).order_by(ResultFile.id.desc()).limit(FILES)
    files = db.session.scalars(latest).all()
    names = _names(files)
    return render_template(
        "laboratory/worklist.html",
        rows=[_row(test, (done or {}).get(test.id)) for test in tests],
        answered=answered,
        results=RESULTS,
        today=format_date(clock.today()),
        may_enter=may("edit", "lab_result"),
        refused=sum(one.outcome == "refused" for one in (done or {}).values()),
        told=told,
        form=form,
        files=[_listed(file, names) for file in files],
        trail=trail(),
    )


def _row(test: LabTest, done: Entered | None) -> dict[str, Any]:
    refused = done is not None and done.outcome == "refused"
    waits = test.result in (None, "pending")
    typed = request.form if refused else {}
    return {
        "id": test.id,
        "number": number_of_test(test.id),
        "specimen": SPECIMEN.label(test.specimen or ""),
        "method": TEST_METHOD.label(test.method or "").split("（")[0],
        "collected_on": format_date(test.collected_on),
        "expected_on": format_date(test.expected_on),
        "overdue": waits and test.expected_on is not None and test.expected_on < clock.today(),
        "sender": str(test.entering_institution or ""),
        "result": typed.get(f"result_{test.id}", "") or ("" if waits else test.result),
        "day": typed.get(f"day_{test.id}", "") or ("" if waits else format_date(test.resulted_on)),
        "version": test.row_version,
        "problems": tuple(done.problems.values()) if done is not None else (),
    }


def _file_row(one: Mapping[str, Any]) -> dict[str, Any]:
    words = {key: str(label) for key, label, _width in COLUMNS}
    return {
        "row": one["row"],
        "number": one["texts"].get("number", ""),
        "result": one["texts"].get("result", ""),
        "day": one["texts"].get("resulted_on", ""),
        "word": RESULT_OUTCOMES.label(one["outcome"]),
        "tone": RESULT_OUTCOMES.tones[one["outcome"]],
        "told": [(words[key], sentence) for key, sentence in one["problems"].items()],
    }


def _names(files: Collection[ResultFile]) -> Mapping[int, str]:
    return names_of_people({file.user_id for file in files if file.user_id is not None})


def _listed(file: ResultFile, names: Mapping[int, str]) -> dict[str, Any]:
    return {
        "id": file.id,
        "url": url_for("WorklistView.outcome", pk=file.id),
        "source": file.source,
        "at": format_instant(file.uploaded_at),
        "who": names.get(file.user_id or 0, file.user_name),
        "counts": [
            (str(code.label), RESULT_OUTCOMES.tones[code.value], file.counts[code.value])
            for code in RESULT_OUTCOMES
            if file.counts.get(code.value)
        ],
    }


def _answered() -> bool:
    return request.args.get("show") == "answered"


def _note(actor: Actor, door: str, count: int) -> None:
    record_export(actor, door=door, count=count)


def sent(content: bytes, name: str) -> Response:
    """A workbook as a download."""
    return send_file(io.BytesIO(content), mimetype=XLSX, as_attachment=True, download_name=name)


def trail() -> Sequence[Crumb]:
    """Where the pages of results stand."""
    return (Crumb(_("Tests waiting for a result"), url_for("WorklistView.list")),)
