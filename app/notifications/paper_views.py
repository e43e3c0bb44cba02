"""The doors to paper: a notification as the official form, and blank forms for a clinic."""

import io
from typing import Any

from flask import render_template, request, send_file, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from app.audit.reads import record_look
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidState
from app.core.fields import CodeField, ReferenceField, Required
from app.core.forms import ItemForm
from app.core.items import item_of
from app.core.labels import CodeList, Label
from app.core.pages import Action, Crumb
from app.generated.arguments import only_known
from app.generated.hooks import signed_in
from app.institutions.models import Institution
from app.institutions.references import institutions_of_kind
from app.notifications import paper
from app.notifications.codes import FORM_VERSION
from app.notifications.layout import form_version_on
from app.notifications.models import Notification
from app.notifications.paper_code import serial_on
from app.security.actor import Actor
from app.security.roles import HEALTH_CENTRE_ROLES

REPORTING_KINDS = ("clinic", "hospital", "test_centre")
PRINTED_VERSIONS = CodeList(
    "printed_version",
    *((c.value, c.label.ja, c.label.en) for c in FORM_VERSION if c.value in paper.PRINTED),
)


class BlankForm(ItemForm):
    """Which blank form is wanted; a health centre also says for whom."""

    version = CodeField(
        item_of(Notification, "form_version").label,
        [Required()],
        codes=PRINTED_VERSIONS,
        blank=False,
    )


class CentreBlankForm(BlankForm):
    """A health centre hands out forms to the institutions that notify it."""

    institution_id = ReferenceField(
        Label("交付先の医療機関", "Issued to"),
        source=institutions_of_kind(*REPORTING_KINDS),
        description=Label(
            "空欄の場合は、医療機関名と照合用コードのない様式になります。",
            "Left blank, the form carries neither an institution nor a code.",
        ),
    )


class PaperDoors:
    """What leaves the portal on paper; part of the notification's screens."""

    record_or_404: Any
    title_of: Any
    url_of: Any

    @expose("/pdf/<pk>", methods=["GET"])
    @has_access
    @permission_name("show")
    def pdf(self, pk: str) -> Response:
        """別記様式6-1 with what was submitted."""
        only_known(request.args, ())
        record: Notification = self.record_or_404(pk)
        if not record.snapshot:
            raise InvalidState(_l("Only a submitted notification can be printed."))
        _look_at_print(record, signed_in())
        name = _("notification-%(number)s-%(version)s", number=record.id, version=record.version)
        return _sent(paper.filled_form(record), name)

    @expose("/blank", methods=["GET"])
    @has_access
    @permission_name("add")
    def blank(self) -> str:
        """Choose the version of a blank form and, at a health centre, the clinic it is for."""
        only_known(request.args, ())
        return _blank_page(_blank_form(signed_in(), None))

    @expose("/blank.pdf", methods=["GET"])
    @has_access
    @permission_name("add")
    def blank_pdf(self) -> Response | tuple[str, int]:
        """The blank form; nobody's data is in it, so its address may name clinic and version."""
        only_known(request.args, {"version", "institution_id", "institution_id_text"})
        actor = signed_in()
        form = _blank_form(actor, request.args)
        if not form.validate():
            return _blank_page(form), 422
        key = form.institution_id.data if "institution_id" in form else actor.institution_id
        clinic = None if key is None else db.session.get(Institution, key)
        made = paper.blank_form(str(form.version.data), clinic, serial_on(clock.today()))
        return _sent(made, _("blank-notification-%(version)s", version=form.version.data))


def print_action(record: Notification) -> tuple[Action, ...]:
    """The button under which a submitted notification is printed."""
    if not record.snapshot:
        return ()
    url = url_for("NotificationView.pdf", pk=record.id)
    return (Action(_("Print the form (PDF)"), url, icon="print"),)


def _blank_form(actor: Actor, typed: MultiDict[str, str] | None) -> BlankForm:
    made = CentreBlankForm if actor.role in HEALTH_CENTRE_ROLES else BlankForm
    newest = form_version_on(clock.today())
    version = newest if newest in paper.PRINTED else paper.PRINTED[-1]
    return made(formdata=typed, data={"version": version}, meta={"csrf": False})


def _blank_page(form: BlankForm) -> str:
    trail = (Crumb(_("Notifications"), url_for("NotificationView.list")), Crumb(_("Blank form")))
    return render_template("notifications/blank.html", form=form, trail=trail)


def _look_at_print(record: Notification, actor: Actor) -> None:
    own = actor.institution_id in (record.institution_id, record.entering_institution_id)
    record_look(
        actor,
        door="notification.print",
        case_id=record.case_id,
        relation="own_entry" if record.case_id is None and own else None,
    )


def _sent(content: bytes, name: str) -> Response:
    return send_file(io.BytesIO(content), mimetype="application/pdf", download_name=f"{name}.pdf")
