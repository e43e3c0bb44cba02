"""Notifications by workbook on the screen: hand out, take in, show, submit, send back."""

import io
from collections.abc import Sequence
from typing import Any

from flask import flash, jsonify, redirect, render_template, request, send_file, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from app.audit.causes import names_of_people
from app.audit.reads import record_export
from app.core.dates import format_instant
from app.core.db import db
from app.core.errors import InvalidInput
from app.core.pages import Crumb, Pager
from app.core.workbooks.container import MAX_FILE
from app.core.workbooks.reading import keyed_sheet
from app.generated.arguments import BadArgument, only_known, record_key
from app.generated.hooks import signed_in
from app.generated.refusals import show_problem
from app.jobs.models import OPEN_STATES, JobRun
from app.notifications.choosing import (
    disease_form_class,
    disease_of_form,
    diseases_with_form,
    usual_family,
)
from app.security.actor import Actor
from app.security.bodies import MEGABYTE, accept_files
from app.sheets import service
from app.sheets.explaining import faults_listed
from app.sheets.forms import BookForm
from app.sheets.layout import MOST_ROWS, NOTIFICATION_SHEET, SheetForm, sheet_form
from app.sheets.models import ROW_OUTCOMES, NotificationBook
from app.sheets.writing import blank_workbook, marked_workbook

Page = Response | str | tuple[str, int]
SHOWN = 100
BOOKS = 50
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_ORDER = ("refused", "question", "changed", "ready", "submitted", "existing")


accept_files("BookView.start", MAX_FILE + MEGABYTE)


class BookView(BaseView):
    """Workbooks of notifications: 発生届ワークブック."""

    route_base = "/notification-workbooks"
    class_permission_name = "notification"
    default_view = "start"

    @expose("/", methods=["GET", "POST"])
    @has_access
    @permission_name("add")
    def start(self) -> Page:
        """Takes a workbook and shows what would happen; the institution's workbooks so far."""
        only_known(request.args, ())
        actor, form = signed_in(), BookForm()
        if form.validate_on_submit():
            try:
                sheet = keyed_sheet(_content(form), NOTIFICATION_SHEET)
                name = form.file.data.filename
                book = service.keep_book(sheet, source=name, by=actor)
            except InvalidInput as error:
                show_problem(form, error)
            else:
                return redirect(url_for(".show", pk=book.id), 303)
        choice = disease_form_class(diseases_with_form())
        html = render_template(
            "sheets/start.html",
            form=form,
            choice=choice(formdata=None, data={"disease": usual_family(actor)}),
            books=[_listed(b) for b in _books()],
            trail=_trail(),
        )
        return (html, 422) if form.errors else html

    @expose("/template.xlsx")
    @has_access
    @permission_name("add")
    def template(self) -> Page:
        """A new copy to fill in, for the usual disease or another one."""
        only_known(request.args, {"disease"})
        actor = signed_in()
        disease = disease_of_form(request.args.get("disease") or usual_family(actor))
        content = blank_workbook(sheet_form(disease, by=actor))
        return _sent(content, f"{_('Notifications')}_{disease.short_name}.xlsx")

    @expose("/<pk>")
    @has_access
    @permission_name("add")
    def show(self, pk: str) -> Page:
        """The outcome of every row: expected before, actual after submitting."""
        only_known(request.args, {"page"})
        actor, book = signed_in(), service.book_by_id(record_key(pk))
        job, form = _open_job(book), sheet_form(book.disease, by=actor)
        found = sorted(
            book.outcomes or (), key=lambda one: (_ORDER.index(one["outcome"]), one["row"])
        )
        number = _page_number()
        rows = found[number * SHOWN : (number + 1) * SHOWN]
        if rows:
            _note(actor, "sheet.show", rows)
        return render_template(
            "sheets/book.html",
            book=book,
            disease=book.disease.short_name,
            source=book.source,
            who=_name_of(book),
            uploaded_at=format_instant(book.uploaded_at),
            job=job,
            rows=[_row(form, one) for one in rows],
            counts=_counts(book),
            outcomes=ROW_OUTCOMES,
            ready=len(service.rows_to_submit(book, ())),
            asks=any(one["outcome"] == "question" for one in found),
            pager=_pager(book, number, len(found)),
            trail=(*_trail(), Crumb(f"#{book.id}")),
        )

    @expose("/<pk>/state.json")
    @has_access
    @permission_name("add")
    def state(self, pk: str) -> Page:
        """What the page asks for while a job works on the workbook."""
        only_known(request.args, ())
        job = _open_job(service.book_by_id(record_key(pk)))
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

    @expose("/<pk>/submit", methods=["POST"])
    @has_access
    @permission_name("add")
    def submit(self, pk: str) -> Page:
        """Submits the rows that are ready, and of those with questions the ticked ones."""
        only_known(request.args, ())
        book = service.book_by_id(record_key(pk))
        ticked = request.form.getlist("confirmed")
        if len(ticked) > MOST_ROWS:
            raise BadArgument(_("This address is not complete or has a mistake in it."))
        confirmed = [record_key(text) for text in ticked]
        job = service.submit_or_enqueue(book, confirmed, by=signed_in())
        if job is not None:
            flash(_("The rows are being submitted. The outcome per row appears here."), "info")
        else:
            flash(_("Done. See the outcome per row."), "success")
        return redirect(url_for(".show", pk=book.id), 303)

    @expose("/<pk>/workbook.xlsx")
    @has_access
    @permission_name("add")
    def marked(self, pk: str) -> Page:
        """The workbook with its faulty cells coloured and commented."""
        only_known(request.args, ())
        actor = signed_in()
        book = service.book_by_id(record_key(pk))
        rows, outcomes = service.rows_of(book), book.outcomes or []
        _note(actor, "sheet.file", outcomes)
        content = marked_workbook(book, rows, outcomes, sheet_form(book.disease, by=actor))
        name = f"{_('Notifications')}_{book.disease.short_name}_{_('Result')}_{book.id}.xlsx"
        return _sent(content, name)


def _content(form: Any) -> bytes:
    upload = form.file.data
    if upload is None or not upload.filename:
        raise InvalidInput({"file": [_("Choose a workbook.")]})
    with upload.stream as stream:
        # Never more than the limit is read, whatever the browser sends.
        content: bytes = stream.read(MAX_FILE + 1)
    return content


def _sent(content: bytes, name: str) -> Response:
    return send_file(io.BytesIO(content), mimetype=XLSX, as_attachment=True, download_name=name)


def _books() -> Sequence[NotificationBook]:
    statement = select(NotificationBook).options(joinedload(NotificationBook.disease))
    return db.session.scalars(statement.order_by(NotificationBook.id.desc()).limit(BOOKS)).all()


def _open_job(book: NotificationBook) -> JobRun | None:
    if book.job_id is None:
        return None
    return db.session.scalar(
        select(JobRun).where(JobRun.id == book.job_id, JobRun.state.in_(OPEN_STATES))
    )


def _note(actor: Actor, door: str, outcomes: Sequence[dict[str, Any]]) -> None:
    """Rows not submitted have no person yet: noted with the number of names on the page."""
    people = {one["person"] for one in outcomes if one["person"] is not None}
    record_export(actor, door=door, count=len(outcomes), people=people)


def _listed(book: NotificationBook) -> dict[str, Any]:
    return {
        "url": url_for("BookView.show", pk=book.id),
        "number": f"#{book.id}",
        "disease": book.disease.short_name,
        "source": book.source,
        "at": format_instant(book.uploaded_at),
        "who": _name_of(book),
        "rows": book.row_count,
        "counts": _counts(book),
    }


def _name_of(book: NotificationBook) -> str:
    """Who sent it: the name, or the sign-in name of the moment when the account is gone."""
    key = book.user_id
    return book.user_name if key is None else names_of_people({key}).get(key, book.user_name)


def _counts(book: NotificationBook) -> list[tuple[str, str, int]]:
    """Word, tone and number of every outcome that occurs."""
    counts = book.counts or {}
    return [
        (str(code.label), ROW_OUTCOMES.tones[code.value], counts[code.value])
        for code in ROW_OUTCOMES
        if counts.get(code.value)
    ]


def _row(form: SheetForm, one: dict[str, Any]) -> dict[str, Any]:
    sent = one["notification"]
    return {
        "number": one["row"],
        "name": one["name"],
        "word": ROW_OUTCOMES.label(one["outcome"]),
        "tone": ROW_OUTCOMES.tones[one["outcome"]],
        "asks": one["outcome"] == "question",
        "confirmed": one["confirmed"],
        "told": [(form.label(key), sentence) for key, sentence in faults_listed(one)],
        "url": url_for("NotificationView.show", pk=sent) if sent else None,
        "sent": sent,
    }


def _page_number() -> int:
    text = request.args.get("page", "0")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 0


def _pager(book: NotificationBook, number: int, count: int) -> Pager:
    def address(page: int) -> str:
        return url_for("BookView.show", pk=book.id, page=page)

    return Pager(
        first_url=address(0) if number else None,
        previous_url=address(number - 1) if number else None,
        next_url=address(number + 1) if (number + 1) * SHOWN < count else None,
        count=count,
        capped=False,
    )


def _trail() -> tuple[Crumb, ...]:
    return (
        Crumb(_("Notifications"), url_for("NotificationView.list")),
        Crumb(_("Notifications by workbook"), url_for("BookView.start")),
    )
