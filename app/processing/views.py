"""The button on the case, and the door of the contact app's server.

    POST /processing-number/verify     Ocp-Apim-Subscription-Key: <PROCESSING_NUMBER_KEY>
    {"<PROCESSING_NUMBER_PARAMETER>": "<8 digits>"}   →   {"result": "<code>"}

Parameter name and codes are configuration, as they were for the app's server
(CustomVerificationService of cocoa-mhlw/cocoa). Any number is answered the same way; without
a key configured the door is closed.
"""

import hmac
from typing import Any

from flask import current_app, flash, jsonify, render_template, request, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.exceptions import NotFound, Unauthorized
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from app.audit.reads import record_look
from app.cases.header import case_or_404, crumbs_of, header_of
from app.cases.models import Case
from app.cases.views import CaseView
from app.core import forms
from app.core.errors import InvalidInput, InvalidState
from app.core.fields import CodeField, Required
from app.core.forms import ItemForm
from app.core.labels import CodeList
from app.core.pages import Action, Crumb
from app.generated.arguments import only_known, record_key
from app.generated.extensions import add_show_action
from app.generated.hooks import may, signed_in
from app.messaging.codes import CHANNEL
from app.messaging.languages import LANGUAGES
from app.processing import service
from app.processing.rules import VALID_HOURS
from app.security.open_doors import open_door
from app.security.rates import count_try, refuse_if_spent

_LANGUAGES = CodeList("processing_language", *((c, name, name) for c, name in LANGUAGES.items()))
_RATE = "processing_number_wrong"


class IssueForm(ItemForm):
    """By what way, in which language."""

    channel = CodeField(_l("Way"), [Required()], codes=CHANNEL, blank=False, default="sms")
    language = CodeField(
        _l("Language"), [Required()], codes=_LANGUAGES, radio=False, blank=False, default="ja"
    )


class ProcessingNumberView(BaseView):
    """``/cases/<pk>/processing-number``: issuing one."""

    route_base = "/cases"
    class_permission_name = "processing_number"
    default_view = "issue"

    @expose("/<pk>/processing-number", methods=["GET", "POST"])
    @has_access
    @permission_name("issue")
    def issue(self, pk: str) -> Response | str | tuple[str, int]:
        """Issue a number and send it; nobody of the staff ever sees it."""
        actor = signed_in()
        only_known(request.args, {"parked"})
        case = case_or_404(record_key(pk))
        form = IssueForm()
        if request.method == "GET":
            record_look(
                actor, door="case.processing_number", case_id=case.id, person_id=case.person_id
            )
        if request.method == "GET" or not form.validate():
            return _page(case, form), 422 if form.errors else 200
        try:
            service.issue(case, form.channel.data or "", form.language.data or "", by=actor)
        except InvalidInput as refused:
            forms.show_problems(form, refused.problems)
            return _page(case, form), 422
        except InvalidState as refused:
            form.form_errors.append(str(refused.message))
            return _page(case, form), 409
        flash(_("The processing number is on its way to the patient."), "success")
        return redirect(url_for("CaseView.show", pk=case.id), 303)


class VerificationView(BaseView):
    """``/processing-number/verify``: the contact app's server asks."""

    route_base = "/processing-number"
    class_permission_name = "processing_number"
    default_view = "verify"
    without_form_token = True
    """The subscription key stands in its place."""

    @expose("/verify", methods=["POST"])
    def verify(self) -> Response:
        """Whether a number is genuine; it is used up by that."""
        config = current_app.config
        key = config["PROCESSING_NUMBER_KEY"]
        if not key:
            raise NotFound
        sent = request.headers.get("Ocp-Apim-Subscription-Key", "")
        if not hmac.compare_digest(sent.encode(), str(key).encode()):
            raise Unauthorized
        caller = request.remote_addr or ""
        refuse_if_spent((_RATE, caller))
        body: Any = request.get_json(silent=True)
        parameter = config["PROCESSING_NUMBER_PARAMETER"]
        number = body.get(parameter) if isinstance(body, dict) else None
        genuine = service.verify(number)
        if not genuine:
            count_try(_RATE, caller)
        good, bad = config["PROCESSING_NUMBER_RESULTS"].split(",")
        return jsonify(result=good if genuine else bad)


def _page(case: Case, form: Any) -> str:
    title = _("Processing number for the contact app")
    return render_template(
        "processing/issue.html",
        title=title,
        header=header_of(case),
        form=form,
        hours=VALID_HOURS,
        cancel_url=url_for("CaseView.show", pk=case.id),
        trail=crumbs_of(case, Crumb(title)),
    )


def _issue_action(case: Case) -> Action | None:
    if not may("issue", "processing_number") or case.diagnosis_type != "confirmed":
        return None
    return Action(_("Issue a processing number"), url_for("ProcessingNumberView.issue", pk=case.id))


add_show_action(CaseView, _issue_action)
open_door("VerificationView.verify", "the contact app's server, with its own key")
