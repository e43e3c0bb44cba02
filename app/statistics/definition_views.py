"""The page of definitions: every figure with its sentence, formula, source and date, to print."""

from flask import render_template, request
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name

from app.core.labels import Label
from app.core.pages import Crumb
from app.generated.arguments import only_known
from app.statistics.catalogue import chapters
from app.statistics.definitions import NOTES

DEFINITIONS = Label("指標の定義", "Definitions of figures")


class DefinitionsView(BaseView):
    """``/statistics/definitions/``: what every figure means, in both languages."""

    route_base = "/statistics/definitions"
    class_permission_name = "statistics"
    default_view = "page"

    @expose("/", methods=["GET"])
    @has_access
    @permission_name("show")
    def page(self) -> str:
        """All of them on one page."""
        only_known(request.args, ())
        return render_template(
            "statistics/definitions.html",
            title=str(DEFINITIONS),
            chapters=chapters(),
            notes=NOTES,
            crumbs=(Crumb(str(DEFINITIONS)),),
        )
