"""The symptom graph as a file for the hospital that takes over: PDF, or one PNG picture."""

import io
import json
from importlib.resources import files
from typing import Any, Literal

import pylopdf_fonts_jp
import typst
from flask import current_app, request, send_file, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app.audit.reads import record_export
from app.cases.header import case_or_404
from app.cases.header import header_of as case_header
from app.contacts.header import contact_with_header
from app.contacts.header import header_of as contact_header
from app.core import clock
from app.core.dates import format_instant
from app.core.errors import NotVisible
from app.core.labels import current_language
from app.core.pages import Action, Cell, PersonHeader
from app.followup.symptoms import (
    SHOWN,
    Subject,
    SymptomPage,
    page_of,
    subject_of_case,
    subject_of_contact,
)
from app.generated.arguments import one_of, only_known, record_key
from app.generated.hooks import may, signed_in
from app.surge.gate import may_wait

Kind = Literal["pdf", "png"]
KINDS = ("pdf", "png")
TYPES = {"pdf": "application/pdf", "png": "image/png"}
SHARPNESS = 150
"""Dots per inch of the picture."""


class SymptomFileView(BaseView):
    """``/symptom-files``: the graph of a case or contact as a file."""

    route_base = "/symptom-files"
    class_permission_name = "observation"
    default_view = "case"

    @expose("/case/<pk>", methods=["GET"])
    @has_access
    @permission_name("show")
    @may_wait
    def case(self, pk: str) -> Response:
        """The graph of a case, with the days from before a contact became it."""
        actor = signed_in()
        kind = _kind()
        case = case_or_404(record_key(pk))
        page = _page(subject_of_case(case, actor), case_header(case))
        people = [case.person_id] if case.person_id is not None else []
        record_export(actor, door=f"case.symptoms.{kind}", count=1, people=people)
        return _sent(page, kind)

    @expose("/contact/<pk>", methods=["GET"])
    @has_access
    @permission_name("show")
    @may_wait
    def contact(self, pk: str) -> Response:
        """The graph of a contact."""
        actor = signed_in()
        kind = _kind()
        contact = contact_with_header(record_key(pk))
        if contact is None:
            raise NotVisible(_l("There is no such record."))
        page = _page(subject_of_contact(contact), contact_header(contact))
        record_export(actor, door=f"contact.symptoms.{kind}", count=1, people=[contact.person_id])
        return _sent(page, kind)


def actions_of(*, adding: bool = True, **subject: int) -> tuple[Action, ...]:
    """The buttons of a graph page: plan, files, and a new observation."""
    given: dict[str, Any] = dict(subject)
    name, key = next(iter(given.items()))
    kind = name.removesuffix("_id")
    made = []
    if may("show", "observation_plan"):
        url = url_for(f"PlanView.of_{kind}", pk=key)
        made.append(Action(_("Plan of the observation"), url, icon="calendar"))
    for format_ in KINDS:
        url = url_for(f"SymptomFileView.{kind}", pk=key, format=format_)
        made.append(Action(format_.upper(), url, icon="download"))
    if adding and may("add", "observation"):
        url = url_for("ObservationView.add", **given)
        made.append(Action(_("Add an observation"), url, style="primary", icon="add"))
    return tuple(made)


def drawn(page: SymptomPage, kind: Kind) -> bytes:
    """The file itself; a picture is one page as long as it needs."""
    made: Any = typst.compile(
        str(files("app.followup") / "symptoms.typ"),
        format=kind,
        ppi=SHARPNESS,
        font_paths=[str(pylopdf_fonts_jp.sans_path().parent)],
        ignore_system_fonts=True,
        sys_inputs={
            "data": json.dumps(_data(page), ensure_ascii=False),
            "words": json.dumps(_words(page), ensure_ascii=False),
            "picture": "yes" if kind == "png" else "no",
        },
    )
    return bytes(made[0] if isinstance(made, list) else made)


def _kind() -> Kind:
    only_known(request.args, {"format"})
    return "png" if one_of(request.args, "format", KINDS) == "png" else "pdf"


def _page(subject: Subject, header: PersonHeader) -> SymptomPage:
    return page_of(subject, header=header, tabs=(), crumbs=(), actions=(), url_of=lambda _seen: "")


def _sent(page: SymptomPage, kind: Kind) -> Response:
    """Named by the day alone: a file name travels further than its file."""
    name = f"symptoms-{clock.today():%Y%m%d}.{kind}"
    content = io.BytesIO(drawn(page, kind))
    return send_file(content, mimetype=TYPES[kind], as_attachment=True, download_name=name)


def _data(page: SymptomPage) -> dict[str, Any]:
    header = page.header
    facts = [
        (_("Name"), f"{_text(header.name)}　{_text(header.kana)}"),
        (header.number_label or _("Case number"), _text(header.number)),
        (_("Age and sex"), f"{_text(header.age)} {_text(header.sex)}"),
        (_("Status"), _text(header.status)),
        (_("Responsible health centre"), _text(header.centre)),
        (_("Period"), page.period),
    ]
    rows = []
    for line in page.lines:
        cells = [_text(line.cells[name]) if line.cells else "" for name in SHOWN]
        if not line.cells:
            cells[0] = _("Not entered")
        rows.append([line.day, line.number, *cells])
    return {
        "printed": format_instant(clock.now()),
        "facts": [[str(label), value.strip()] for label, value in facts],
        "level": "" if page.level is None else page.level.text,
        "reasons": list(page.reasons),
        "charts": [str(chart) for chart in page.drawings],
        "events": [list(event) for event in page.events],
        "columns": [_("Date"), page.day_label, *(page.labels[name] for name in SHOWN)],
        "rows": rows,
    }


def _text(cell: Cell) -> str:
    return _("Hidden") if cell.masked else cell.text


def _words(page: SymptomPage) -> dict[str, str]:
    return {
        "lang": current_language(),
        "portal": current_app.config["APP_NAME"],
        "title": page.title,
        "printed": _("Printed at"),
        "foot": _("Personal information. To be handled as a medical record."),
    }
