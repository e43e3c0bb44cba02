"""The pages of one's own background work: list, progress, file."""

import io
import mimetypes
from typing import Any

from flask import flash, jsonify, redirect, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext, lazy_gettext

from app.core import clock
from app.core.errors import NotVisible
from app.core.pages import Crumb
from app.jobs import files, service
from app.jobs.models import JOB_COUNTS, JOB_STATES, JobRun
from app.jobs.queries import job_by_id, recent_jobs
from app.security.actor import Actor, current_actor


class JobView(BaseView):
    """Own jobs only: another person's job does not exist here."""

    route_base = "/jobs"
    class_permission_name = "job"
    default_view = "list"
    extra_args = {"states": JOB_STATES, "counts": JOB_COUNTS}

    @expose("/")
    @has_access
    @permission_name("list")
    def list(self) -> ResponseReturnValue:
        """The latest jobs, newest first."""
        return self._page("jobs/job_list.html", jobs=recent_jobs(_actor()))

    @expose("/<int(max=2147483647):job_id>")
    @has_access
    @permission_name("show")
    def show(self, job_id: int) -> ResponseReturnValue:
        """One job with its progress; the page renews itself while the work is open."""
        job = job_by_id(_actor(), job_id)
        trail = (Crumb(gettext("Background work"), url_for("JobView.list")), Crumb(job.title))
        return self._page("jobs/job_show.html", job=job, trail=trail)

    @expose("/<int(max=2147483647):job_id>/state.json")
    @has_access
    @permission_name("show")
    def state(self, job_id: int) -> ResponseReturnValue:
        """What the page asks for every other second."""
        return jsonify(_state(job_by_id(_actor(), job_id)))

    @expose("/<int(max=2147483647):job_id>/cancel", methods=("POST",))
    @has_access
    @permission_name("show")
    def cancel(self, job_id: int) -> ResponseReturnValue:
        """Stop the work. Whoever may look at an own job may stop it."""
        service.cancel(job_id, by=_actor())
        flash(gettext("The work was cancelled."), "info")
        return redirect(url_for("JobView.show", job_id=job_id))

    @expose("/<int(max=2147483647):job_id>/download")
    @has_access
    @permission_name("download")
    def download(self, job_id: int) -> ResponseReturnValue:
        """The file, under the name it was given (Japanese names by RFC 6266)."""
        job = job_by_id(_actor(), job_id)
        expired = job.expires_at is None or job.expires_at <= clock.now()
        content = files.opened(job.result["file"]) if job.has_file and not expired else None
        if content is None:
            raise NotVisible(lazy_gettext("The file is no longer kept. Please make it again."))
        name: str = job.result["name"]
        mimetype = mimetypes.guess_type(name)[0] or "application/octet-stream"
        if request.method == "HEAD":
            content.close()
            content = io.BytesIO()
        elif job.result.get("once"):
            with content:
                content = io.BytesIO(content.read())
            files.remove(job.file_token)
        answer = send_file(content, mimetype=mimetype, as_attachment=True, download_name=name)
        answer.content_length = job.result["size"]
        return answer

    def _page(self, template: str, **values: Any) -> ResponseReturnValue:
        html: ResponseReturnValue = self.render_template(
            template, in_japan=clock.in_japan, **values
        )
        return html


def _actor() -> Actor:
    actor = current_actor()
    if actor is None:
        raise NotVisible
    return actor


def _state(job: JobRun) -> dict[str, Any]:
    return {
        "state": job.state,
        "label": JOB_STATES.label(job.state),
        "open": job.is_open,
        "done": job.progress_done,
        "total": job.progress_total,
        "percent": job.percent,
        "message": job.message,
    }
