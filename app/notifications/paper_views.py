"""The doors to paper: a notification as the official form, and blank forms for a clinic."""

import io
from functools import lru_cache
from typing import Any, cast

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
from app.core.fields import CodeField, ReferenceField
from app.core.forms import ItemForm
from app.core.items import item_of
from app.core.labels import CodeList, Label
from app.core.pages import Action, Crumb
from app.generated.arguments import only_known
from app.generated.hooks import signed_in
from app.institutions.models import Institution
from app.institutions.references import institutions_of_kind
from app.notifications import paper
from app.notifications.choosing import (
    disease_field,
    disease_of_form,
    diseases_with_form,
    usual_family,
)
from app.notifications.codes import FORM_VERSION
from app.notifications.layout import COVID_19, form_version_on
from app.notifications.models import Notification
from app.security.actor import Actor
from app.security.roles import HEALTH_CENTRE_ROLES

REPORTING_KINDS = ("clinic", "hospital", "test_centre")
PRINTED_VERSIONS = CodeList(
    "printed_version",
    *((c.value, c.label.ja, c.label.en) for c in FORM_VERSION if c.value in paper.PRINTED),
)


class BlankForm(ItemForm):
    """Which blank form is wanted; a health centre also says for whom."""


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


@lru_cache(maxsize=8)
def _blank_form_class(diseases: tuple[tuple[str, str], ...], *, centre: bool) -> type[BlankForm]:
    """The form with the diseases of today; ``diseases`` are (family, short name)."""
    fields = {
        "disease": disease_field(diseases),
        "version": CodeField(
            item_of(Notification, "form_version").label,
            codes=PRINTED_VERSIONS,
            blank=False,
            render_kw={"data-show-when": f"disease={COVID_19}"},
        ),
    }
    base = CentreBlankForm if centre else BlankForm
    return cast("type[BlankForm]", type("PrintedForm", (base,), fields))


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
        """Choose disease and version of a blank form and, at a health centre, the clinic it is
        for."""
        only_known(request.args, ())
        return _blank_page(_blank_form(signed_in(), None))

    @expose("/blank.pdf", methods=["GET"])
    @has_access
    @permission_name("add")
    def blank_pdf(self) -> Response | tuple[str, int]:
        """The blank form; nobody's data is in it, so its address may name clinic and version."""
        only_known(request.args, {"disease", "version", "institution_id", "institution_id_text"})
        actor = signed_in()
        form = _blank_form(actor, request.args)
        if not form.validate():
            return _blank_page(form), 422
        key = form.institution_id.data if "institution_id" in form else actor.institution_id
        clinic = None if key is None else db.session.get(Institution, key)
        family, version = str(form["disease"].data), str(form["version"].data or _newest())
        disease = None if family == COVID_19 else disease_of_form(family)
        made = paper.blank_form(version, clinic, clock.today(), disease)
        name = version if disease is None else family
        return _sent(made, _("blank-notification-%(version)s", version=name))


def print_action(record: Notification) -> tuple[Action, ...]:
    """The button under which a submitted notification is printed."""
    if not record.snapshot:
        return ()
    url = url_for("NotificationView.pdf", pk=record.id)
    return (Action(_("Print the form (PDF)"), url, icon="print"),)


def _blank_form(actor: Actor, typed: MultiDict[str, str] | None) -> BlankForm:
    """Addresses without a disease are of the time when there was one form."""
    centre = actor.role in HEALTH_CENTRE_ROLES
    made = _blank_form_class(diseases_with_form(), centre=centre)
    if typed is not None and "disease" not in typed:
        typed = MultiDict([*typed.items(multi=True), ("disease", COVID_19)])
    start = {"disease": usual_family(actor), "version": _newest()}
    return made(formdata=typed, data=start, meta={"csrf": False})


def _newest() -> str:
    return form_version_on(clock.today())


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
