"""Issuing in bulk on screen: upload, dry run, apply, outcome per row; and the letters."""

import io
from typing import Any

from flask import flash, redirect, render_template, request, send_file, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.accounts.queries import post_of
from app.core.errors import InvalidInput, NotSetUp
from app.core.pages import Action, Cell, Column, Crumb, ListPage, Pager, Row
from app.core.workbooks.container import MAX_FILE
from app.generated.arguments import BadArgument, only_known, record_key
from app.generated.hooks import signed_in
from app.generated.refusals import show_problem
from app.issuing import pages, service
from app.issuing.forms import BulkForm
from app.issuing.letters import activation_address
from app.issuing.models import ROW_OUTCOMES, IssuingBatch
from app.issuing.tasks import LETTERS, MAILS
from app.issuing.template_workbook import template_workbook
from app.issuing.workbook import MAX_ROWS, SheetRow, rows_of_text, rows_of_workbook
from app.jobs.service import enqueue
from app.messaging.mail import can_send
from app.security.bodies import MEGABYTE, accept_files
from app.security.roles import RoleName, role_of

Page = Response | str | tuple[str, int]
SHOWN = 100
MAX_READ = MAX_FILE + 1
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_ORDER = ("rejected", "new", "issued", "existing")


accept_files("BulkView.start", MAX_FILE + MEGABYTE)


class BulkView(BaseView):
    """Workbooks of institutions and people: 一括発行."""

    route_base = "/accounts/bulk"
    class_permission_name = "account"
    default_view = "start"

    @expose("/", methods=["GET", "POST"])
    @has_access
    @permission_name("import")
    def start(self) -> Page:
        """Takes a workbook or pasted rows, and shows what would happen."""
        only_known(request.args, ())
        actor, form = signed_in(), BulkForm()
        if form.validate_on_submit():
            try:
                rows, source = _rows(form)
                batch = service.keep_batch(rows, source=source, by=actor)
            except InvalidInput as error:
                show_problem(form, error)
            else:
                return redirect(url_for(".show", pk=batch.id), 303)
        html = render_template("issuing/bulk.html", form=form, trail=_trail())
        return (html, 422) if form.errors else html

    @expose("/template.xlsx")
    @has_access
    @permission_name("import")
    def template(self) -> Page:
        """The workbook to fill in."""
        only_known(request.args, ())
        content = template_workbook(post_of(signed_in()))
        name = f"{_('Accounts')}.xlsx"
        return send_file(
            io.BytesIO(content), mimetype=_XLSX, as_attachment=True, download_name=name
        )

    @expose("/<pk>")
    @has_access
    @permission_name("import")
    def show(self, pk: str) -> Page:
        """The outcome of every row: expected before, actual after applying."""
        only_known(request.args, {"page"})
        batch = service.batch_by_id(record_key(pk))
        text = request.args.get("page", "0")
        number = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
        return render_template(
            "issuing/outcome.html",
            page=_outcome_page(batch, number),
            batch=batch,
            counts=_counts(batch),
            outcomes=ROW_OUTCOMES,
            letters=bool(_waiting(batch)),
        )

    @expose("/<pk>/apply", methods=["POST"])
    @has_access
    @permission_name("import")
    def apply(self, pk: str) -> Page:
        """Issues what the dry run announced."""
        only_known(request.args, ())
        batch = service.batch_by_id(record_key(pk))
        job = service.apply_or_enqueue(batch, by=signed_in())
        if job is not None:
            flash(_("The accounts are being issued. The outcome per row appears here."), "info")
        else:
            flash(_("Done. See the outcome per row."), "success")
        return redirect(url_for(".show", pk=batch.id), 303)

    @expose("/<pk>/letters", methods=["POST"])
    @has_access
    @permission_name("print")
    def letters(self, pk: str) -> Page:
        """Letters for the accounts of a workbook."""
        only_known(request.args, ())
        return _make(LETTERS, _waiting(service.batch_by_id(record_key(pk))))


class LetterView(BaseView):
    """Letters and mails for the ticked accounts of the list."""

    route_base = "/accounts/activation"
    class_permission_name = "account"
    default_view = "letters"

    @expose("/letters", methods=["POST"])
    @has_access
    @permission_name("print")
    def letters(self) -> Page:
        """One PDF for the ticked accounts."""
        return _make(LETTERS, _ticked())

    @expose("/mails", methods=["POST"])
    @has_access
    @permission_name("print")
    def mails(self) -> Page:
        """A mail for each ticked account that has an address."""
        if not can_send():
            raise NotSetUp(_("No mail server is configured."))
        return _make(MAILS, _ticked())


def _make(kind: str, user_ids: list[int]) -> Response:
    activation_address()  # refuses before anything is asked for, where it is not configured
    if not user_ids:
        flash(_("Tick at least one account that awaits activation."), "warning")
        return redirect(url_for("AccountView.list"), 303)
    job = enqueue(kind, {"user_ids": user_ids}, by=signed_in())
    return redirect(url_for("JobView.show", job_id=job.id), 303)


def _ticked() -> list[int]:
    only_known(request.args, ())
    keys = request.form.getlist("keys")
    if len(keys) > MAX_ROWS:
        raise BadArgument(_("This address is not complete or has a mistake in it."))
    return list(dict.fromkeys(record_key(key) for key in keys))


def _rows(form: Any) -> tuple[list[SheetRow], str]:
    upload, text = form.file.data, (form.text.data or "").strip("\r\n")
    if upload is not None and upload.filename:
        # Never more than the limit is read, whatever the browser sends.
        with upload.stream as stream:
            content = stream.read(MAX_READ)
        return rows_of_workbook(content), upload.filename
    if text.strip():
        return rows_of_text(text), _("Pasted rows")
    raise InvalidInput({"file": [_("Choose a workbook or paste rows.")]})


def _counts(batch: IssuingBatch) -> dict[str, int]:
    counts = dict.fromkeys(ROW_OUTCOMES.values, 0)
    for outcome in batch.outcomes:
        counts[outcome["outcome"]] += 1
    return {word: count for word, count in counts.items() if count}


def _waiting(batch: IssuingBatch) -> list[int]:
    """Accounts of the workbook for which letters can be asked."""
    if batch.applied_at is None:
        return []
    return [one["user_id"] for one in batch.outcomes if one["user_id"]]


def _outcome_page(batch: IssuingBatch, number: int) -> ListPage:
    found = sorted(batch.outcomes, key=lambda one: (_ORDER.index(one["outcome"]), one["number"]))
    start = number * SHOWN

    def address(page: int) -> str:
        return url_for("BulkView.show", pk=batch.id, page=page)

    return ListPage(
        title=batch.source,
        columns=tuple(
            Column(name, label)
            for name, label in (
                ("number", _("Row")),
                ("outcome", _("Result of the row")),
                ("place", _("Institution")),
                ("name", _("Name")),
                ("role", _("Role")),
                ("username", _("User name")),
                ("problem", _("Remark")),
            )
        ),
        rows=tuple(_row(one) for one in found[start : start + SHOWN]),
        pager=Pager(
            first_url=address(0) if number else None,
            previous_url=address(number - 1) if number else None,
            next_url=address(number + 1) if start + SHOWN < len(found) else None,
            count=len(found),
            capped=False,
        ),
        search_form=None,
        search_url="",
        actions=_actions(batch),
        crumbs=(*_trail(), Crumb(batch.source)),
    )


def _actions(batch: IssuingBatch) -> tuple[Action, ...]:
    if batch.applied_at is not None:
        return ()
    new = sum(one["outcome"] == "new" for one in batch.outcomes)
    again = Action(_("Send a corrected workbook"), url_for("BulkView.start"), icon="upload")
    if not new or batch.job_id is not None:
        return (again,)
    label = _("Issue %(number)s new rows", number=new)
    url = url_for("BulkView.apply", pk=batch.id)
    return (again, Action(label, url, "post", "primary", "check"))


def _row(one: dict[str, Any]) -> Row:
    remark = f"{one['cell']}: {one['problem']}" if one["problem"] else ""
    if not remark and one["registers"]:
        remark = _("The institution is registered with it.")
    word = one["outcome"]
    account = url_for("AccountView.show", pk=one["user_id"]) if one["user_id"] else None
    return Row(
        str(one["number"]),
        None,
        (
            Cell(str(one["number"])),
            Cell(ROW_OUTCOMES.label(word), tone=ROW_OUTCOMES.tones[word]),
            Cell(one["place"]),
            Cell(one["name"], url=account),
            Cell(str(role_of(RoleName(one["role"])).label) if one["role"] else ""),
            Cell(one["username"]),
            Cell(remark),
        ),
    )


def _trail() -> tuple[Crumb, ...]:
    return (*pages.trail(), Crumb(_("Issue in bulk"), url_for("BulkView.start")))
