"""Tables from outside on the screen: send one, see what its columns are, correct, hand over."""

from collections.abc import Mapping as Mapped
from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.audit.causes import names_of_people
from app.audit.reads import record_export
from app.core.dates import format_instant
from app.core.errors import DomainError, InvalidInput
from app.core.pages import Crumb
from app.generated.arguments import only_known, record_key
from app.generated.hooks import signed_in
from app.generated.refusals import show_problem
from app.security.actor import Actor
from app.security.bodies import MEGABYTE, accept_files
from app.tables import service
from app.tables.destinations import destination, destinations
from app.tables.forms import TableForm
from app.tables.mapping import Mapping, Target
from app.tables.models import TableFile
from app.tables.posted import posted_mapping
from app.tables.previewing import columns_shown, rows_shown

Page = Response | str | tuple[str, int]
FILES = 30
MAPPINGS = 100

accept_files("TableView.upload", service.MAX_FILE + MEGABYTE)


class TableView(BaseView):
    """Tables of any sender: 表データの取込."""

    route_base = "/tables"
    class_permission_name = "table"
    default_view = "list"

    @expose("/", methods=["GET"])
    @has_access
    @permission_name("list")
    def list(self) -> Page:
        """The tables sent so far, the saved mappings, and the form to send one."""
        only_known(request.args, ())
        return _start(_form(signed_in()))

    @expose("/send", methods=["POST"])
    @has_access
    @permission_name("add")
    def upload(self) -> Page:
        """Takes a table; its mapping is looked at next."""
        only_known(request.args, ())
        actor = signed_in()
        form = _form(actor)
        upload = form.file.data
        try:
            if upload is None or not upload.filename:
                raise InvalidInput({"file": [_("Choose a file.")]})
            if not form.destination.data:
                raise InvalidInput({"destination": [_("Choose what the table holds.")]})
            with upload.stream as stream:
                file = service.keep_table(
                    stream,
                    source=upload.filename,
                    destination_name=form.destination.data,
                    by=actor,
                )
        except DomainError as error:
            show_problem(form, error)
            return _start(form), 422
        return redirect(url_for(".show", pk=file.id), 303)

    @expose("/<pk>", methods=["GET"])
    @has_access
    @permission_name("list")
    def show(self, pk: str) -> Page:
        """The columns of a table beside the items they are proposed for."""
        only_known(request.args, ())
        actor = signed_in()
        return _mapping(service.file_by_id(record_key(pk)), actor)

    @expose("/<pk>/mapping", methods=["POST"])
    @has_access
    @permission_name("edit")
    def correct(self, pk: str) -> Page:
        """Keeps the corrected mapping; saves it under a name or hands the table over if asked."""
        only_known(request.args, ())
        actor, file = signed_in(), service.file_by_id(record_key(pk))
        asked = request.form.get("do", "")
        if asked == "start" and file.started_url is not None:
            return redirect(file.started_url, 303)
        goal = destination(file.destination, actor)
        before = Mapping.from_json(file.mapping or {})
        layout = service.layout_of_file(file)
        mapping = posted_mapping(request.form, layout, goal.targets(actor), before)
        service.correct(file, mapping, by=actor)
        if asked not in ("save", "start"):
            return _mapping(file, actor)
        try:
            _refuse_problems(file, actor)
            if asked == "start":
                return redirect(service.begin(file, by=actor), 303)
            saved = service.save_mapping(file, request.form.get("name", ""), by=actor)
        except InvalidInput as error:
            told = [str(one) for sentences in error.problems.values() for one in sentences]
            return _mapping(file, actor, told=told), 422
        flash(_("The mapping “%(name)s” was saved.", name=saved.name), "success")
        return redirect(url_for(".show", pk=file.id), 303)

    @expose("/<pk>/sheet", methods=["POST"])
    @has_access
    @permission_name("edit")
    def sheet(self, pk: str) -> Page:
        """Reads another sheet of the workbook."""
        only_known(request.args, ())
        actor, file = signed_in(), service.file_by_id(record_key(pk))
        try:
            service.choose_sheet(file, request.form.get("sheet", ""), by=actor)
        except DomainError as error:
            if error.status != 422:
                raise
            return _mapping(file, actor, told=[str(error.message)]), 422
        return redirect(url_for(".show", pk=file.id), 303)

    @expose("/mappings/<pk>/delete", methods=["POST"])
    @has_access
    @permission_name("edit")
    def forget(self, pk: str) -> Page:
        """Deletes a saved mapping."""
        only_known(request.args, ())
        saved = service.mapping_by_id(record_key(pk))
        service.forget_mapping(saved, by=signed_in())
        flash(_("The saved mapping was deleted."), "success")
        return redirect(url_for(".list"), 303)


def _form(actor: Actor) -> TableForm:
    form = TableForm()
    offered = [(one.name, str(one.label)) for one in destinations(actor)]
    form.destination.choices = offered
    if not form.destination.data and len(offered) == 1:
        form.destination.data = offered[0][0]
    return form


def _start(form: TableForm) -> str:
    labels = dict(form.destination.choices or ())
    files = service.latest_files(FILES)
    names = names_of_people({file.user_id for file in files if file.user_id is not None})
    return render_template(
        "tables/start.html",
        form=form,
        files=[_listed(file, labels, names) for file in files],
        mappings=[
            {
                "id": one.id,
                "name": one.name,
                "destination": labels.get(one.destination, one.destination),
                "columns": len(one.mapping.get("targets", {})),
                "at": format_instant(one.saved_at),
                "who": one.saved_by,
            }
            for one in service.saved_mappings(MAPPINGS)
        ],
        trail=_trail(),
    )


def _listed(file: TableFile, labels: Mapped[str, str], names: Mapped[int, str]) -> dict[str, Any]:
    return {
        "id": file.id,
        "url": None if file.layout is None else url_for("TableView.show", pk=file.id),
        "source": file.source,
        "destination": labels.get(file.destination, file.destination),
        "at": format_instant(file.uploaded_at),
        "who": names.get(file.user_id or 0, file.user_name),
        "started_url": file.started_url,
        "removed": file.removed_at is not None,
    }


def _mapping(file: TableFile, actor: Actor, *, told: Sequence[str] = ()) -> str:
    goal = destination(file.destination, actor)
    targets = goal.targets(actor)
    layout, mapping = service.layout_of_file(file), service.shown_mapping(file, goal, by=actor)
    columns = columns_shown(layout, mapping, targets)
    rows = rows_shown(layout, columns, mapping)
    if rows:
        # People the portal does not hold yet: noted with the number of rows on the page.
        record_export(actor, door="table.show", count=len(rows))
    saved = [one for one in service.saved_mappings(MAPPINGS) if one.id == file.saved_mapping_id]
    return render_template(
        "tables/mapping.html",
        file=file,
        layout=layout,
        goal=goal,
        columns=columns,
        going=[column for column in columns if column.target is not None],
        rows=rows,
        faults=sum(bool(cell.problem) for _number, cells in rows for cell in cells),
        groups=_groups(targets),
        missing=mapping.missing(targets),
        saved=saved[0] if saved else None,
        name=request.form.get("name", saved[0].name if saved else ""),
        told=told,
        trail=(*_trail(), Crumb(f"#{file.id}")),
    )


def _refuse_problems(file: TableFile, actor: Actor) -> None:
    goal = destination(file.destination, actor)
    mapping = Mapping.from_json(file.mapping or {})
    columns = columns_shown(service.layout_of_file(file), mapping, goal.targets(actor))
    problems = {one.heading: [f"{one.heading}：{one.problem}"] for one in columns if one.problem}
    if problems:
        raise InvalidInput(problems)


def _groups(targets: Sequence[Target]) -> dict[str, list[tuple[str, str]]]:
    """The items by the heading under which they are offered."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for one in targets:
        groups.setdefault(str(one.group or ""), []).append((one.name, str(one.label)))
    return groups


def _trail() -> tuple[Crumb, ...]:
    return (Crumb(_("Tables from outside"), url_for("TableView.list")),)
