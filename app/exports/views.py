"""``POST /exports/<resource>``: asks for a file of a list and shows the job that makes it."""

from flask import request, url_for
from flask_appbuilder import BaseView, expose
from flask_babel import lazy_gettext as _l
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from app.core.errors import NotAllowed, NotVisible
from app.exports.registry import is_exportable
from app.exports.service import FORMATS, request_export
from app.generated.arguments import one_of, only_known
from app.generated.hooks import may, signed_in
from app.generated.views import VIEWS
from app.surge.gate import may_wait


class ExportView(BaseView):
    """The button "Excel" of a list."""

    route_base = "/exports"
    class_permission_name = "export"
    default_view = "ask"

    @expose("/<string:resource>", methods=["POST"])
    @may_wait
    def ask(self, resource: str) -> Response:
        """Start the job; its page follows the progress and offers the file."""
        actor = signed_in()
        if not is_exportable(resource):
            raise NotVisible(_l("There is no such page."))
        if not may("export", resource):
            raise NotAllowed(_l("Your role may not take this list out as a file."))
        view = VIEWS[resource]
        only_known(request.args, {"format", *view.search.parameters(personal=False)})
        format_ = one_of(request.args, "format", FORMATS) or "xlsx"
        filters = {k: v for k, v in request.args.items() if k != "format" and v}
        job = request_export(
            resource,
            by=actor,
            title=str(view.title_label),
            filters=filters,
            format_=format_,
        )
        return redirect(url_for("JobView.show", job_id=job.id), 303)
