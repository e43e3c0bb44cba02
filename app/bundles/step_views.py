"""The steps of a bundle and its sheets."""

from collections.abc import Callable
from typing import Any

from flask import flash, render_template, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from app.bundles import queries, service
from app.bundles.forms import BeginForm, LookForm, ReasonForm, ScansForm
from app.bundles.views import BUNDLES
from app.core.errors import DomainError, InvalidInput
from app.core.pages import Crumb
from app.generated.arguments import only_known, record_key
from app.generated.hooks import may, signed_in
from app.generated.refusals import show_problem
from app.generated.submissions import submit_once
from app.intake import reading
from app.security.bodies import MEGABYTE, accept_files

Page = Response | str | tuple[str, int]

# Several scans at once: up to what the proxy lets through.
accept_files("BundleDeskView.scans", 16 * MEGABYTE)


class BundleSteps:
    """What is done with a bundle, one door each."""

    @expose("/<pk>/begin", methods=["POST"])
    @has_access
    @permission_name("type")
    def begin(self, pk: str) -> Response:
        """The next sheet: opens its draft. A double click opens one."""
        bundle, actor = queries.bundle_by_id(record_key(pk)), signed_in()

        def save() -> str:
            sheet = service.begin_sheet(bundle, by=actor, signed_as=self._name())
            if may("edit", "notification"):
                return url_for("NotificationView.edit", pk=sheet.notification_id)
            return url_for("BundleTypingView.type", pk=bundle.id, number=sheet.number)

        return submit_once(BeginForm().form_token_.data, actor, save)

    @expose("/<pk>/scans", methods=["GET", "POST"])
    @has_access
    @permission_name("type")
    def scans(self, pk: str) -> Page:
        """Scans of the bundle go into the queue of papers."""
        only_known(request.args, ())
        bundle, form = queries.bundle_by_id(record_key(pk)), ScansForm()
        if request.method == "POST" and form.validate():
            try:
                made = service.attach_scans(
                    bundle, _scans(form), by=signed_in(), signed_as=self._name()
                )
            except DomainError as refused:
                show_problem(form, refused)
            else:
                told = ngettext("%(num)s sheet was added.", "%(num)s sheets were added.", made)
                flash(told, "success")
                return redirect(url_for("BundleDeskView.show", pk=bundle.id), 303)
        title = _("Attach scans")
        html = render_template(
            "bundles/step.html",
            form=form,
            title=title,
            files=True,
            hint=_("Each scan becomes a sheet of the bundle and a paper in the queue."),
            cancel_url=url_for("BundleDeskView.show", pk=bundle.id),
            trail=_trail(bundle, title),
        )
        return html, 422 if form.errors else 200

    @expose("/<pk>/sample", methods=["POST"])
    @has_access
    @permission_name("check")
    def sample(self, pk: str) -> Response:
        """Draws the sheets for the second look."""
        bundle = queries.bundle_by_id(record_key(pk))
        drawn = service.draw_sample(bundle, by=signed_in())
        flash(ngettext("%(num)s sheet was drawn.", "%(num)s sheets were drawn.", drawn), "success")
        return redirect(url_for("BundleDeskView.show", pk=bundle.id), 303)

    @expose("/<pk>/sheets/<number>/look", methods=["POST"])
    @has_access
    @permission_name("check")
    def look(self, pk: str, number: str) -> Response:
        """A second person compared a sheet."""
        bundle, form = queries.bundle_by_id(record_key(pk)), LookForm()
        sheet = queries.sheet_of(bundle, record_key(number))
        wrong = form.wrong_items.data if form.validate() else None
        if wrong is None:
            flash(_("Enter how many items were wrong: 0 if none."), "warning")
        else:
            service.look_at_sheet(sheet, wrong, by=signed_in(), signed_as=self._name())
            flash(_("Saved."), "success")
        return redirect(url_for("BundleDeskView.show", pk=bundle.id), 303)

    @expose("/<pk>/sheets/<number>/leave-out", methods=["GET", "POST"])
    @has_access
    @permission_name("type")
    def leave_out(self, pk: str, number: str) -> Page:
        """A sheet that is not typed: says why."""
        only_known(request.args, ())
        bundle, form = queries.bundle_by_id(record_key(pk)), ReasonForm()
        sheet = queries.sheet_of(bundle, record_key(number))
        done = request.method == "POST" and self._take(
            form,
            lambda: service.leave_out(sheet, form.reason.data or "", by=signed_in()),
            _("The sheet is left out."),
        )
        if done:
            return redirect(url_for("BundleDeskView.show", pk=bundle.id), 303)
        title = _("Leave sheet %(number)s out", number=str(sheet))
        html = render_template(
            "bundles/step.html",
            form=form,
            title=title,
            files=False,
            hint=_("For doubles, illegible sheets, and paper that is no such form."),
            cancel_url=url_for("BundleDeskView.show", pk=bundle.id),
            trail=_trail(bundle, title),
        )
        return html, 422 if form.errors else 200

    @expose("/<pk>/back", methods=["POST"])
    @has_access
    @permission_name("check")
    def back(self, pk: str) -> Response:
        """The paper was given back."""
        bundle = queries.bundle_by_id(record_key(pk))
        service.give_back(bundle, by=signed_in())
        flash(_("The bundle was given back."), "success")
        return redirect(url_for("BundleDeskView.show", pk=bundle.id), 303)

    def _name(self) -> str:
        return str(current_user.display_name)

    def _take(self, form: Any, step: Callable[[], Any], told: str) -> bool:
        """Take a step; False where the form or the step was refused, which the form says."""
        if not form.validate():
            return False
        try:
            step()
        except InvalidInput as refused:
            show_problem(form, refused)
            return False
        flash(told, "success")
        return True


def _scans(form: Any) -> list[list[bytes]]:
    uploads = [one for one in request.files.getlist("file") if one.filename]
    if not uploads:
        raise InvalidInput({"file": [_("Choose a file.")]})
    scans = [
        list(reading.pages_of(upload.stream.read(reading.LARGEST_FILE + 1))) for upload in uploads
    ]
    return [[page] for scan in scans for page in scan] if form.apart.data else scans


def _trail(bundle: Any, title: str) -> tuple[Crumb, ...]:
    return (
        Crumb(str(BUNDLES), url_for("BundleDeskView.list")),
        Crumb(str(bundle), url_for("BundleDeskView.show", pk=bundle.id)),
        Crumb(title),
    )
