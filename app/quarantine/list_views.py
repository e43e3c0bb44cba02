"""The station's desk: its lists with their figures, a file sent, looked through, applied."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from flask import flash, render_template, request, send_file, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from app.audit.reads import record_export
from app.core.dates import format_instant
from app.core.db import db
from app.core.errors import InvalidInput, InvalidState
from app.core.labels import Label
from app.core.pages import Crumb
from app.core.workbooks.container import MAX_FILE
from app.generated.arguments import only_known, record_key
from app.generated.hooks import may, signed_in
from app.generated.refusals import show_problem
from app.generated.submissions import submit_once
from app.institutions.models import Institution
from app.quarantine import queries, service
from app.quarantine.codes import DELIVERY_STATE, ROW_OUTCOME
from app.quarantine.files import marked_workbook, rows_of_file, template_workbook
from app.quarantine.forms import DeliveryForm
from app.quarantine.models import ReturneeDelivery
from app.quarantine.rules import COLUMNS
from app.security.bodies import MEGABYTE, accept_files

LISTS = Label("検疫所の名簿", "Lists of returnees")
Page = Response | str | tuple[str, int]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_SHOWN_ROWS = 500

accept_files("ReturneeListView.add", MAX_FILE + MEGABYTE)


class ReturneeListView(BaseView):
    """``/quarantine``: 検疫所の名簿."""

    route_base = "/quarantine"
    class_permission_name = "returnee_list"
    default_view = "list"

    @expose("/", methods=["GET"])
    @has_access
    @permission_name("list")
    def list(self) -> str:
        """The lists, with how far their people are; the files that wait for a look."""
        only_known(request.args, ())
        found = queries.lists()
        numbers = queries.figures([one.id for one in found])
        rows = [
            {
                "number": one.number,
                "at": format_instant(one.first_received_at),
                "url": url_for("ReturneeView.list", list_number=one.number),
                **asdict(numbers.get(one.id, queries.Figures())),
            }
            for one in found
        ]
        return render_template(
            "quarantine/lists.html",
            rows=rows,
            totals={name: sum(row[name] for row in rows) for name in asdict(queries.Figures())},
            waiting=[_listed(one) for one in queries.deliveries()],
            may_add=may("add", "returnee_list"),
            title=str(LISTS),
            trail=(Crumb(str(LISTS)),),
        )

    @expose("/add", methods=["GET", "POST"])
    @has_access
    @permission_name("add")
    def add(self) -> Page:
        """Takes a file and shows what would happen."""
        only_known(request.args, ())
        actor, form = signed_in(), DeliveryForm()
        if request.method == "POST" and form.validate():
            try:
                return submit_once(form.form_token_.data, actor, lambda: _received(form))
            except InvalidInput as error:
                show_problem(form, error)
        html = render_template(
            "quarantine/add.html",
            form=form,
            columns=COLUMNS,
            title=_("Send a list"),
            trail=_trail(_("Send a list")),
        )
        return html, 422 if form.errors else 200

    @expose("/template.xlsx", methods=["GET"])
    @has_access
    @permission_name("add")
    def template(self) -> Response:
        """An empty workbook with the headings."""
        only_known(request.args, ())
        return _sent(template_workbook(), f"{_('List of returnees')}.xlsx")

    @expose("/deliveries/<pk>", methods=["GET"])
    @has_access
    @permission_name("list")
    def show(self, pk: str) -> str:
        """What a file would change, or did; its faults first."""
        only_known(request.args, ())
        delivery = service.delivery_by_id(record_key(pk))
        rows = delivery.rows or []
        record_export(signed_in(), door="returnee_list.show", count=len(rows))
        order = ("rejected", "conflict", "changed", "new", "same")
        shown = sorted(rows, key=lambda one: order.index(one["outcome"]))[:_SHOWN_ROWS]
        return render_template(
            "quarantine/delivery.html",
            delivery=_listed(delivery),
            rows=[_row(one, _centres(shown)) for one in shown],
            more=max(0, len(rows) - _SHOWN_ROWS),
            kept=delivery.rows is not None,
            open=delivery.state == "review" and may("add", "returnee_list"),
            ready=sum(delivery.counts.get(word, 0) for word in ("new", "changed")),
            title=str(delivery),
            trail=_trail(str(delivery)),
        )

    @expose("/deliveries/<pk>/apply", methods=["POST"])
    @has_access
    @permission_name("add")
    def apply(self, pk: str) -> Response:
        """Hand the people over to their health centres."""
        delivery = service.delivery_by_id(record_key(pk))
        try:
            counts = service.apply(delivery, by=signed_in())
        except InvalidState as late:
            flash(str(late.message), "warning")
            return redirect(url_for(".show", pk=pk), 303)
        new = counts.get("new", 0)
        flash(ngettext("%(num)s person was handed over.", "%(num)s people were handed over.", new))
        return redirect(url_for(".show", pk=pk), 303)

    @expose("/deliveries/<pk>/discard", methods=["POST"])
    @has_access
    @permission_name("add")
    def discard(self, pk: str) -> Response:
        """Take the file back; nothing of it is kept."""
        delivery = service.delivery_by_id(record_key(pk))
        service.discard(delivery, by=signed_in())
        flash(_("The file was discarded. Nothing was changed."), "success")
        return redirect(url_for(".list"), 303)

    @expose("/deliveries/<pk>/marked.xlsx", methods=["GET"])
    @has_access
    @permission_name("list")
    def marked(self, pk: str) -> Response:
        """The file with its faulty cells coloured and commented."""
        only_known(request.args, ())
        delivery = service.delivery_by_id(record_key(pk))
        count = len(delivery.rows or ())
        record_export(signed_in(), door="returnee_list.file", count=count)
        return _sent(marked_workbook(delivery), f"{_('List of returnees')}_{delivery.id}.xlsx")


def _received(form: Any) -> str:
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        raise InvalidInput({"file": [_("Choose a file.")]})
    with upload.stream as stream:
        # Never more than the limit is read, whatever the browser sends.
        content = stream.read(MAX_FILE + 1)
    delivery = service.receive(
        rows_of_file(content), number=form.number.data, source=upload.filename, by=signed_in()
    )
    return url_for("ReturneeListView.show", pk=delivery.id)


def _centres(rows: Sequence[Mapping[str, Any]]) -> dict[int, str]:
    """Names of the health centres of rows; master data, read by key."""
    keys = {one["centre"] for one in rows if one.get("centre")}
    found = (db.session.get(Institution, key) for key in sorted(keys))
    return {one.id: one.name for one in found if one is not None}


def _row(one: Mapping[str, Any], centres: Mapping[int, str]) -> dict[str, Any]:
    words = {column.key: str(column.label) for column in COLUMNS}
    texts = one["texts"]
    return {
        "row": one["row"],
        "name": texts.get("name") or texts.get("kana", ""),
        "birth_on": texts.get("birth_on", ""),
        "arrived_on": texts.get("arrived_on", ""),
        "address": " ".join(
            texts[key] for key in ("prefecture", "municipality", "address") if texts.get(key)
        ),
        "centre": centres.get(one.get("centre") or 0, ""),
        "rejected": one["outcome"] == "rejected",
        "word": ROW_OUTCOME.label(one["outcome"]),
        "tone": ROW_OUTCOME.tones.get(one["outcome"], "neutral"),
        "told": [(words[key], sentence) for key, sentence in one["problems"].items()],
    }


def _listed(delivery: ReturneeDelivery) -> dict[str, Any]:
    counts = delivery.counts
    return {
        "id": delivery.id,
        "number": delivery.number,
        "url": url_for("ReturneeListView.show", pk=delivery.id),
        "source": delivery.source,
        "at": format_instant(delivery.received_at),
        "who": delivery.received_by,
        "applied": format_instant(delivery.applied_at),
        "state": delivery.state_label,
        "tone": DELIVERY_STATE.tones.get(delivery.state, "neutral"),
        "counts": [
            (str(code.label), ROW_OUTCOME.tones.get(code.value, "neutral"), counts[code.value])
            for code in ROW_OUTCOME
            if counts.get(code.value)
        ],
        "without_centre": counts.get("without_centre", 0),
    }


def _sent(content: bytes, name: str) -> Response:
    return send_file(io.BytesIO(content), mimetype=XLSX, as_attachment=True, download_name=name)


def _trail(title: str) -> tuple[Crumb, ...]:
    return (Crumb(str(LISTS), url_for("ReturneeListView.list")), Crumb(title))
