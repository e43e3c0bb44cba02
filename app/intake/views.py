"""FAX受信: the queue of papers, each with its pages and its next step."""

import io
from typing import Any

from flask import flash, render_template, request, send_file, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from app.audit.reads import record_look
from app.core import forms
from app.core.dates import format_instant
from app.core.db import db
from app.core.errors import InvalidInput, InvalidState, NotVisible
from app.core.pages import Crumb
from app.generated.arguments import one_of, only_known, record_key
from app.generated.hooks import may, signed_in
from app.institutions.models import Institution
from app.intake import panel, reading, service, store
from app.intake.check_views import CheckDoors
from app.intake.forms import DiscardForm, MatchForm, UploadForm
from app.intake.models import PaperScan
from app.intake.pages import queue_page, steps_of
from app.intake.queries import SHOWN, family_of, printed_notification, queue, scan_by_id
from app.notifications.choosing import (
    disease_form_class,
    disease_of_form,
    diseases_with_form,
)
from app.notifications.paper_code import PaperCode, read_code
from app.security.bodies import MEGABYTE, accept_files

Page = Response | str | tuple[str, int]


# Several scans at once: up to what the proxy lets through.
accept_files("PaperScanView.add", 16 * MEGABYTE)


class PaperScanView(CheckDoors, BaseView):
    """Papers of the own health centre."""

    route_base = "/paper"
    class_permission_name = "paper_scan"
    default_view = "list"

    @expose("/", methods=["GET"])
    @has_access
    @permission_name("list")
    def list(self) -> str:
        """What waits to be typed, oldest first; ``done`` is what is finished."""
        only_known(request.args, {"state", "start"})
        closed = one_of(request.args, "state", ("done",)) == "done"
        start = request.args.get("start")
        found = queue(closed=closed, before=record_key(start) if start else None)
        page = queue_page(found[:SHOWN], closed=closed, more=len(found) > SHOWN)
        return render_template("intake/queue.html", page=page, closed=closed)

    @expose("/add", methods=["GET", "POST"])
    @has_access
    @permission_name("add")
    def add(self) -> Page:
        """Takes scans in; each becomes one paper of the queue, or one per page."""
        only_known(request.args, ())
        form = UploadForm()
        if request.method == "POST" and form.validate():
            try:
                made = _received(form)
            except InvalidInput as refused:
                form.form_errors.extend(forms.show_problems(form, refused.problems))
            else:
                told = ngettext(
                    "%(num)s paper was received.", "%(num)s papers were received.", made
                )
                flash(told, "success")
                return redirect(url_for(".list"), 303)
        html = render_template("intake/add.html", form=form, trail=_trail(_("Upload a scan")))
        return (html, 422) if form.errors else html

    @expose("/<pk>", methods=["GET"])
    @has_access
    @permission_name("show")
    def show(self, pk: str) -> str:
        """A paper: its pages, where it stands, and what can be done now."""
        only_known(request.args, ())
        scan = scan_by_id(record_key(pk))
        return _scan_page(scan, MatchForm(data={"code": None, "clinic_id": scan.clinic_id}))

    @expose("/<pk>/<number>.png", methods=["GET"])
    @has_access
    @permission_name("show")
    def page(self, pk: str, number: str) -> Response:
        """One page as a picture. Seeing it is a look."""
        only_known(request.args, ())
        scan = scan_by_id(record_key(pk))
        wanted = record_key(number)
        gone = scan.pages_removed_at is not None or wanted > scan.page_count
        content = None if gone else store.page(scan.token, wanted)
        if content is None:
            raise NotVisible(_l("The picture is no longer kept."))
        case_id = scan.notification.case_id if scan.notification else None
        record_look(
            signed_in(),
            door="paper_scan.page",
            case_id=case_id,
            relation="own_entry" if case_id is None else None,
        )
        return send_file(io.BytesIO(content), mimetype="image/png")

    @expose("/<pk>/claim", methods=["POST"])
    @has_access
    @permission_name("edit")
    def claim(self, pk: str) -> Response:
        """Begin typing on the form of a disease; whoever comes second is told who was first."""
        scan = scan_by_id(record_key(pk))
        family = family_of(scan, _code_of(scan))
        if "disease" in request.form:
            family = disease_of_form(request.form["disease"]).family
        name = current_user.display_name
        try:
            draft = service.claim(scan, by=signed_in(), signed_as=name, family=family)
        except InvalidState as late:
            flash(str(late.message), "warning")
            return redirect(url_for(".show", pk=scan.id), 303)
        return redirect(url_for("NotificationView.edit", pk=draft.id), 303)

    @expose("/<pk>/release", methods=["POST"])
    @has_access
    @permission_name("edit")
    def release(self, pk: str) -> Response:
        """Back to the queue."""
        scan = scan_by_id(record_key(pk))
        service.release(scan, by=signed_in())
        flash(_("The paper is back in the queue. What was typed is kept."), "success")
        return redirect(url_for(".list"), 303)

    @expose("/<pk>/match", methods=["POST"])
    @has_access
    @permission_name("edit")
    def match(self, pk: str) -> Page:
        """Say from whom the paper comes, by its code or by name."""
        scan = scan_by_id(record_key(pk))
        form = MatchForm()
        if not form.validate():
            return _scan_page(scan, form), 422
        service.match(scan, by=signed_in(), clinic=_clinic(form), code=form.code.data)
        flash(_("Saved."), "success")
        return redirect(url_for(".show", pk=scan.id), 303)

    @expose("/<pk>/attach", methods=["POST"])
    @has_access
    @permission_name("edit")
    def attach(self, pk: str) -> Response:
        """The paper is the print of the notification its code names."""
        scan = scan_by_id(record_key(pk))
        printed = printed_notification(_code_of(scan))
        if printed is None:
            raise InvalidState(_l("The code of this paper names no notification."))
        service.attach(scan, printed, by=signed_in(), signed_as=current_user.display_name)
        flash(_("The paper was put to notification %(number)s.", number=printed.id), "success")
        return redirect(url_for(".show", pk=scan.id), 303)

    @expose("/<pk>/discard", methods=["GET", "POST"])
    @has_access
    @permission_name("edit")
    def discard(self, pk: str) -> Page:
        """Asks why, then takes the paper out of the queue."""
        only_known(request.args, ())
        scan, form, status = scan_by_id(record_key(pk)), DiscardForm(), 200
        if request.method == "POST":
            status = 422
            if form.validate():
                try:
                    service.discard(scan, form.reason.data or "", by=signed_in())
                except InvalidInput as refused:
                    forms.show_problems(form, refused.problems)
                else:
                    flash(_("The paper was discarded."), "success")
                    return redirect(url_for(".list"), 303)
        title = _("Discard the paper")
        html = render_template(
            "notifications/reason.html",
            form=form,
            title=title,
            subject=str(scan),
            header=None,
            cancel_url=url_for(".show", pk=scan.id),
            trail=_trail(title),
        )
        return html, status


def _scan_page(scan: PaperScan, form: MatchForm) -> str:
    printed = printed_notification(_code_of(scan))
    title = str(scan)
    return render_template(
        "intake/show.html",
        instant=format_instant,
        record=scan,
        scan=panel.shown(scan),
        steps=steps_of(scan, signed_in()),
        claim=_claim_form(scan),
        printed=printed,
        form=form,
        title=title,
        trail=_trail(title),
    )


def _claim_form(scan: PaperScan) -> Any:
    """The choice of the disease, for whoever may begin (or begin anew); None for others."""
    actor = signed_in()
    mine = scan.state == "typing" and scan.claimed_by_user_id == actor.user_id
    if not may("edit", "paper_scan") or not (scan.state == "received" or mine):
        return None
    family = family_of(scan, _code_of(scan))
    return disease_form_class(diseases_with_form())(data={"disease": family})


def _received(form: UploadForm) -> int:
    """Take every file of the form in, all or none."""
    uploads = [one for one in request.files.getlist("file") if one.filename]
    if not uploads:
        raise InvalidInput({"file": [_l("Choose a file.")]})
    scans = []
    for upload in uploads:
        try:
            scans.append(reading.pages_of(upload.stream.read(reading.LARGEST_FILE + 1)))
        except InvalidInput as refused:
            if len(uploads) == 1:
                raise
            told = [f"{(upload.filename or '')[:60]}: {why}" for why in refused.problems["file"]]
            raise InvalidInput({"file": told}) from None
    apart = bool(form.apart.data)
    if form.code.data and (len(scans) > 1 or (apart and len(scans[0]) > 1)):
        raise InvalidInput({"code": [_l("A code belongs to one paper. Enter it paper by paper.")]})
    who: dict[str, Any] = {"by": signed_in(), "signed_as": current_user.display_name}
    made = service.receive_all(scans, clinic=_clinic(form), code=form.code.data, apart=apart, **who)
    return len(made)


def _clinic(form: MatchForm) -> Institution | None:
    key = form.clinic_id.data
    return None if key is None else db.session.get(Institution, key)


def _code_of(scan: PaperScan) -> PaperCode | None:
    return read_code(scan.code) if scan.code else None


def _trail(title: str) -> tuple[Crumb, ...]:
    return (Crumb(_("FAX received"), url_for("PaperScanView.list")), Crumb(title))
