"""FAB put together with only the parts the portal uses."""

from flask import Blueprint, abort, current_app, redirect, request, session
from flask_appbuilder import AppBuilder, BaseView, expose
from flask_babel import refresh
from werkzeug.wrappers import Response

from app.core.redirects import came_from, local_target


class LocaleView(BaseView):
    """Choosing the language, then back to the same page.

    FAB's own view keeps the addresses of visited pages in the cookie; this one does not.
    """

    route_base = "/lang"
    class_permission_name = "language"
    default_view = "index"

    @expose("/<string:locale>")
    def index(self, locale: str) -> Response:
        """Keep ``locale`` for this session."""
        if locale not in current_app.config["LANGUAGES"]:
            abort(404)
        session["locale"] = locale
        refresh()
        back = came_from(request.referrer, request.host)
        return redirect(local_target(request.args.get("next") or back), 303)


class PortalAppBuilder(AppBuilder):
    """FAB without its static files, its page history and its API managers' views."""

    def _add_global_static(self) -> None:
        # FAB's templates are inherited by some of ours; its scripts and styles are not served.
        current_app.register_blueprint(
            Blueprint("appbuilder", "flask_appbuilder", template_folder="templates")
        )

    def _add_admin_views(self) -> None:
        self._indexview = self.add_view_no_menu(self.indexview)
        self.bm.locale_view = LocaleView()
        self.add_view_no_menu(self.bm.locale_view)
        self.sm.register_views()
