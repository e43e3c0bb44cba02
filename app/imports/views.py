"""ファイル取込: the files of the own health centre, and taking in a new one."""

from typing import Any

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.core.errors import DomainError, InvalidInput
from app.core.pages import Crumb
from app.core.transaction import transaction
from app.generated.arguments import one_of, only_known, record_key
from app.generated.hooks import may, signed_in
from app.generated.refusals import show_problem
from app.generated.submissions import submit_once
from app.imports import queries, service
from app.imports.codes import CHOICES
from app.imports.exporting import EXPORT
from app.imports.forms import ImportForm
from app.imports.marking import MARKED
from app.imports.models import ImportBatch
from app.imports.pages import review_page, start_page, trail_of
from app.imports.review import listed_rows, raw_of
from app.jobs.service import enqueue
from app.security.actor import Actor
from app.security.bodies import MEGABYTE, accept_files

Page = Response | str | tuple[str, int]
ENCODINGS = ("cp932", "utf-8")

for _door in ("ImportView.add", "ImportView.correct"):
    accept_files(_door, service.MOST_BYTES + MEGABYTE)


class ImportView(BaseView):
    """Files from other systems."""

    route_base = "/imports"
    class_permission_name = "import_batch"
    default_view = "list"

    @expose("/", methods=["GET"])
    @has_access
    @permission_name("list")
    def list(self) -> Page:
        """The latest files: who, what, when, and what became of them."""
        only_known(request.args, ())
        return start_page(ImportForm())

    @expose("/add", methods=["POST"])
    @has_access
    @permission_name("add")
    def add(self) -> Page:
        """Takes a file in; it is read in the background and nothing is written."""
        only_known(request.args, ())
        return _taken(None)

    @expose("/<pk>", methods=["GET"])
    @has_access
    @permission_name("show")
    def show(self, pk: str) -> Page:
        """What is planned for the rows, or what was done."""
        only_known(request.args, {"show", "after", "before"})
        batch = service.batch_by_id(record_key(pk))
        return review_page(batch, ImportForm())

    @expose("/<pk>/state.json", methods=["GET"])
    @has_access
    @permission_name("show")
    def state(self, pk: str) -> Page:
        """What the page asks for while a job works on the file."""
        only_known(request.args, ())
        job = service.open_job(service.batch_by_id(record_key(pk)))
        body: dict[str, Any] = {"state": "done", "open": False, "message": ""}
        if job is not None:
            body = {
                "state": job.state,
                "open": True,
                "done": job.progress_done,
                "total": job.progress_total,
                "message": job.message,
            }
        return jsonify(body)

    @expose("/<pk>/rows/<number>", methods=["GET"])
    @has_access
    @permission_name("show")
    def row(self, pk: str, number: str) -> Page:
        """One row as it was sent, beside what the portal holds."""
        only_known(request.args, ())
        batch = service.batch_by_id(record_key(pk))
        found = queries.row_of(batch, record_key(number))
        (line,) = listed_rows(batch, [found], signed_in(), door="import_batch.row")
        before, after = (
            None if one is None else url_for(".row", pk=pk, number=one)
            for one in queries.beside(found)
        )
        return render_template(
            "imports/row.html",
            batch=batch,
            line=line,
            cells=raw_of(batch, found),
            before=before,
            after=after,
            list_url=url_for(".show", pk=pk, show=found.plan),
            choices=CHOICES,
            may_decide=may("edit", "import_batch") and line["open"],
            trail=(*trail_of(batch), Crumb(_("Row %(number)s", number=found.number))),
        )

    @expose("/<pk>/rows/<number>/choose", methods=["POST"])
    @has_access
    @permission_name("edit")
    def choose(self, pk: str, number: str) -> Page:
        """Decides the conflict of one row."""
        only_known(request.args, ())
        batch = service.batch_by_id(record_key(pk))
        found = queries.row_of(batch, record_key(number))
        service.choose(found, request.form.get("choice", ""), by=signed_in())
        flash(_("Row %(number)s was decided.", number=found.number), "success")
        return redirect(
            url_for(".show", pk=pk, show="conflict", after=found.number - 1 or None), 303
        )

    @expose("/<pk>/choose", methods=["POST"])
    @has_access
    @permission_name("edit")
    def choose_all(self, pk: str) -> Page:
        """Decides all conflicts nobody has decided yet."""
        only_known(request.args, ())
        batch = service.batch_by_id(record_key(pk))
        service.choose_all(batch, request.form.get("choice", ""), by=signed_in())
        flash(_("Done."), "success")
        return redirect(url_for(".show", pk=pk, show="conflict"), 303)

    @expose("/<pk>/apply", methods=["POST"])
    @has_access
    @permission_name("apply")
    def apply(self, pk: str) -> Page:
        """Has the planned rows written."""
        only_known(request.args, ())
        batch = service.batch_by_id(record_key(pk))
        service.ask_to_apply(batch, by=signed_in())
        return redirect(url_for(".show", pk=pk), 303)

    @expose("/<pk>/undo", methods=["GET", "POST"])
    @has_access
    @permission_name("undo")
    def undo(self, pk: str) -> Page:
        """Asks, then has everything taken back."""
        only_known(request.args, ())
        batch = service.batch_by_id(record_key(pk))
        if request.method == "POST":
            service.ask_to_undo(batch, by=signed_in())
            return redirect(url_for(".show", pk=pk), 303)
        trail = (*trail_of(batch), Crumb(_("Undo the import")))
        return render_template("imports/undo.html", batch=batch, trail=trail)

    @expose("/<pk>/correct", methods=["POST"])
    @has_access
    @permission_name("add")
    def correct(self, pk: str) -> Page:
        """Takes in the corrected file of a batch."""
        only_known(request.args, ())
        return _taken(service.batch_by_id(record_key(pk)))

    @expose("/<pk>/marked", methods=["POST"])
    @has_access
    @permission_name("show")
    def marked(self, pk: str) -> Page:
        """Has the workbook with the faulty cells marked made."""
        only_known(request.args, ())
        batch = service.batch_by_id(record_key(pk))
        values = {"batch": batch.id, "faulty": request.form.get("faulty") == "yes"}
        title = _("Workbook with marks") + f" #{batch.id}"
        job = enqueue(MARKED, values, by=signed_in(), title=title)
        return redirect(url_for("JobView.show", job_id=job.id), 303)

    @expose("/<pk>/reconcile", methods=["GET"])
    @has_access
    @permission_name("show")
    def reconcile(self, pk: str) -> Page:
        """File against portal per disease, day and health centre."""
        only_known(request.args, {"show"})
        everything = one_of(request.args, "show", ("all",)) == "all"
        batch = service.batch_by_id(record_key(pk))
        found = queries.reconciled(batch)
        lines = [line for line in found if everything or line.missing]
        diseases, centres = queries.names_of(
            (line.disease_id for line in found), (line.centre_id for line in found)
        )
        return render_template(
            "imports/reconcile.html",
            batch=batch,
            lines=lines[: queries.LINES],
            shown=len(lines),
            everything=everything,
            diseases=diseases,
            centres=centres,
            totals=[
                sum(getattr(line, name) for line in found)
                for name in ("in_file", "rejected", "in_portal", "missing", "all_cases")
            ],
            trail=(*trail_of(batch), Crumb(_("File against portal"))),
        )

    @expose("/export", methods=["POST"])
    @has_access
    @permission_name("export")
    def export(self) -> Page:
        """Has the cases of the own health centre written in the layout of NESID."""
        only_known(request.args, ())
        encoding = request.form.get("encoding", ENCODINGS[0])
        values = {"encoding": encoding if encoding in ENCODINGS else ENCODINGS[0]}
        job = enqueue(EXPORT, values, by=signed_in())
        return redirect(url_for("JobView.show", job_id=job.id), 303)


def _taken(previous: ImportBatch | None) -> Page:
    actor, form = signed_in(), ImportForm()
    try:
        if not form.validate():
            raise InvalidInput({})
        return submit_once(form.form_token_.data or "", actor, lambda: _kept(form, previous, actor))
    except DomainError as error:
        show_problem(form, error)
    page = start_page(form) if previous is None else review_page(previous, form)
    return page, 422


def _kept(form: Any, previous: ImportBatch | None, by: Actor) -> str:
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        raise InvalidInput({"file": [_("Choose a file.")]})
    with transaction():
        batch = service.take_in(upload.stream, name=upload.filename, by=by, previous=previous)
    return url_for("ImportView.show", pk=batch.id)
