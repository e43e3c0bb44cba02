"""``/populations/``: the municipalities of an office and how many people live in them."""

import io
from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, render_template, request, send_file, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from werkzeug.wrappers import Response

from app.core.dates import format_date
from app.core.errors import InvalidInput, NotVisible
from app.core.labels import Label
from app.core.pages import Crumb
from app.core.workbooks.container import MAX_FILE
from app.generated.arguments import only_known
from app.generated.hooks import may, signed_in
from app.generated.refusals import show_problem
from app.institutions.rules import MUNICIPALITY_KINDS
from app.populations.files import lines_of, table_to_fill
from app.populations.forms import FileForm, TownForm
from app.populations.queries import TownRow, towns_of
from app.populations.service import enter_populations, take_file
from app.security.bodies import MEGABYTE, accept_files

Page = Response | str | tuple[str, int]
POPULATIONS = Label("市区町村の人口", "Populations of municipalities")

accept_files("PopulationView.file", MAX_FILE + MEGABYTE)


class PopulationView(BaseView):
    """Populations of the own municipalities; what rates per 100,000 rest on."""

    route_base = "/populations"
    class_permission_name = "population"
    default_view = "page"

    @expose("/", methods=["GET"])
    @has_access
    @permission_name("show")
    def page(self) -> Page:
        """Every municipality of the office with what is entered."""
        only_known(request.args, ())
        return _page(FileForm())

    @expose("/file", methods=["POST"])
    @has_access
    @permission_name("edit")
    def file(self) -> Page:
        """Takes a file: every row of it, or none where one is wrong."""
        only_known(request.args, ())
        form: Any = FileForm()
        try:
            upload = form.file.data
            if upload is None or not upload.filename:
                form.validate()
                raise InvalidInput({"file": [_("Choose a file.")]})
            with upload.stream as stream:
                content = stream.read(MAX_FILE + 1)
            if not form.validate():
                return _page(form), 422
            changed = take_file(
                lines_of(content),
                counted_on=form.counted_on.data,
                origin=form.origin.data or "",
                by=signed_in(),
            )
        except InvalidInput as refused:
            show_problem(form, refused)
            return _page(form), 422
        return _done(changed)

    @expose("/sheet.csv", methods=["GET"])
    @has_access
    @permission_name("show")
    def sheet(self) -> Page:
        """The municipalities as CSV, to fill in and send back."""
        only_known(request.args, ())
        name = f"{POPULATIONS}.csv"
        content = io.BytesIO(table_to_fill(towns_of(signed_in())))
        return send_file(
            content, mimetype="text/csv", as_attachment=True, download_name=name, max_age=0
        )

    @expose("/<code>", methods=["GET", "POST"])
    @has_access
    @permission_name("edit")
    def town(self, code: str) -> Page:
        """One municipality."""
        only_known(request.args, ())
        own = next((one for one in towns_of(signed_in()) if one.code == code), None)
        if own is None:
            raise NotVisible(_l("There is no such record."))
        form: Any = TownForm(
            data={
                "population": own.population,
                "counted_on": own.counted_on,
                "origin": own.origin,
            }
        )
        if request.method == "POST":
            if form.validate():
                try:
                    changed = enter_populations(
                        {code: form.population.data},
                        counted_on=form.counted_on.data,
                        origin=form.origin.data or "",
                        by=signed_in(),
                    )
                except InvalidInput as refused:
                    show_problem(form, refused)
                else:
                    return _done(changed)
            return _form(own, form), 422
        return _form(own, form)


def _done(changed: int) -> Response:
    words = ngettext(
        "The population of %(num)s municipality was changed.",
        "The populations of %(num)s municipalities were changed.",
        changed,
    )
    flash(words, "success")
    return redirect(url_for("PopulationView.page"), 303)


def _page(form: FileForm) -> str:
    towns = towns_of(signed_in())
    missing = sum(one.population is None for one in towns)
    return render_template(
        "populations/list.html",
        title=str(POPULATIONS),
        form=form,
        rows=[_row(one) for one in towns],
        missing=missing,
        may_enter=may("edit", "population"),
    )


def _row(one: TownRow) -> dict[str, Any]:
    return {
        "code": one.code,
        "name": one.name,
        "kind": MUNICIPALITY_KINDS.label(one.kind),
        "population": None if one.population is None else f"{one.population:,}",
        "counted_on": one.counted_on and format_date(one.counted_on),
        "origin": one.origin,
        "url": url_for("PopulationView.town", code=one.code),
    }


def _form(own: TownRow, form: TownForm) -> str:
    trail: Sequence[Crumb] = (
        Crumb(str(POPULATIONS), url_for("PopulationView.page")),
        Crumb(own.name),
    )
    return render_template(
        "institutions/step.html",
        title=_("Population of %(place)s", place=own.name),
        subject=f"{own.name}（{own.code}）",
        form=form,
        fields=[form.population, form.counted_on, form.origin],
        hint=_("Health centres and authorities are summed from this at once."),
        listing=None,
        trail=trail,
        cancel_url=url_for("PopulationView.page"),
    )
