"""The staff's side of the patient pages: inviting a household, its messages, closed links."""

from typing import Any

from flask import flash, render_template, request, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from app.audit.reads import people_beside, record_look
from app.cases.header import case_or_404
from app.cases.header import crumbs_of as case_crumbs
from app.cases.header import header_of as case_header
from app.cases.models import Case
from app.cases.views import CaseView
from app.contacts.header import contact_with_header
from app.contacts.header import crumbs_of as contact_crumbs
from app.contacts.header import header_of as contact_header
from app.contacts.models import Contact
from app.contacts.views import ContactView
from app.core import forms
from app.core.db import db
from app.core.errors import DomainError, InvalidInput, NotVisible
from app.core.fields import BooleanItemField, CodeField, NormalisedStringField, Required
from app.core.forms import ItemForm
from app.core.labels import CodeList, Label
from app.core.pages import Crumb
from app.generated.arguments import one_of, only_known, pack_cursor, read_cursor, record_key
from app.generated.extensions import add_tab
from app.generated.hooks import may, signed_in
from app.generated.showing import PageTab
from app.generated.views import VIEWS
from app.jobs.service import enqueue
from app.messaging.languages import LANGUAGES
from app.messaging.queries import messages_about
from app.messaging.wording import rows_of
from app.portal import queries, service
from app.portal.models import WAY, PatientLink
from app.portal.service import Invitation, Subject
from app.portal.tasks import LETTER
from app.portal.wording import candidates_of, chosen_of, page_of, row_of

Page = Response | str | tuple[str, int]
ORDER = "patient_links:-"
_LANGUAGES = CodeList("patient_language", *((code, name, name) for code, name in LANGUAGES.items()))
TAB = Label("本人入力・連絡", "Reporting page")


class InvitationForm(ItemForm):
    """Whom, how, in which language."""

    way = CodeField(_l("Way of invitation"), [Required()], codes=WAY, blank=False, default="sms")
    recipient = NormalisedStringField(
        _l("Send to"),
        max_length=254,
        description=_l("Empty: the mobile number or mail address of the person."),
    )
    language = CodeField(
        _l("Language"), [Required()], codes=_LANGUAGES, radio=False, blank=False, default="ja"
    )
    reminds = BooleanItemField(_l("Remind when nobody has reported"), default=True)


class ReportingView(BaseView):
    """``/cases/<pk>/reporting`` and ``/contacts/<pk>/reporting``: one household's page."""

    route_base = ""
    class_permission_name = "patient_link"
    default_view = "case"

    @expose("/cases/<pk>/reporting", methods=["GET"])
    @has_access
    @permission_name("show")
    def case(self, pk: str) -> Page:
        """The link of a case and the messages about it."""
        only_known(request.args, {"parked"})
        return _show(case_or_404(record_key(pk)), InvitationForm())

    @expose("/cases/<pk>/reporting", methods=["POST"])
    @has_access
    @permission_name("edit")
    def invite_case(self, pk: str) -> Page:
        """Invite the household of a case."""
        return _invite(case_or_404(record_key(pk)))

    @expose("/contacts/<pk>/reporting", methods=["GET"])
    @has_access
    @permission_name("show")
    def contact(self, pk: str) -> Page:
        """The link of a contact and the messages about it."""
        only_known(request.args, {"parked"})
        return _show(_contact_or_404(pk), InvitationForm())

    @expose("/contacts/<pk>/reporting", methods=["POST"])
    @has_access
    @permission_name("edit")
    def invite_contact(self, pk: str) -> Page:
        """Invite the household of a contact."""
        return _invite(_contact_or_404(pk))


class PatientLinkView(BaseView):
    """``/patient-links``: every link of the institution, and the steps on one."""

    route_base = "/patient-links"
    class_permission_name = "patient_link"
    default_view = "list"

    @expose("/", methods=["GET"])
    @has_access
    @permission_name("list")
    def list(self) -> str:
        """Links that closed themselves first; all of them on the other tab."""
        actor = signed_in()
        only_known(request.args, {"show", "after"})
        waiting = one_of(request.args, "show", ("all",)) is None
        cursor = read_cursor(request.args, ORDER, None)
        found = queries.links_of(actor, waiting=waiting, cursor=cursor)
        page = found[: queries.PAGE]
        older = None
        if len(found) > queries.PAGE:
            after = pack_cursor(ORDER, None, page[-1].id)
            older = url_for(".list", after=after, show=None if waiting else "all")
        return render_template(
            "portal/links.html",
            title=_("Reporting pages"),
            rows=[row_of(link) for link in page],
            waiting=waiting,
            older=older,
            may_edit=may("edit", "patient_link"),
            trail=(Crumb(_("Reporting pages")),),
        )

    @expose("/<pk>/close", methods=["POST"])
    @has_access
    @permission_name("edit")
    def close(self, pk: str) -> Response:
        """Close a link, for example one that was stolen."""
        link = _link_or_404(pk)
        service.close(link, by=signed_in())
        flash(_("The link is closed: it opens nothing any more."), "success")
        return redirect(page_of(link), 303)

    @expose("/<pk>/note", methods=["POST"])
    @has_access
    @permission_name("edit")
    def note(self, pk: str) -> Response:
        """Take note of a link that closed itself."""
        link = _link_or_404(pk)
        try:
            service.take_note(link, by=signed_in())
            flash(_("Noted."), "success")
        except DomainError as refused:
            flash(str(refused.message), "warning")
        return redirect(url_for(".list"), 303)

    @expose("/<pk>/letter", methods=["POST"])
    @has_access
    @permission_name("edit")
    def letter(self, pk: str) -> Response:
        """Ask for the letter with the QR code."""
        actor, link = signed_in(), _link_or_404(pk)
        job = enqueue(LETTER, {"link": link.id}, by=actor)
        return redirect(url_for("JobView.show", job_id=job.id), 303)


def _show(subject: Subject, form: Any, status: int = 200) -> Page:
    actor = signed_in()
    is_case = isinstance(subject, Case)
    candidates = candidates_of(subject)
    with people_beside(one.person_id for one, _home in queries.household_candidates(subject)):
        record_look(
            actor,
            door="case.reporting" if is_case else "contact.reporting",
            case_id=subject.id if isinstance(subject, Case) else subject.case_id,
            person_id=subject.person_id,
        )
    link = service.link_of(subject)
    title = _("Reporting page and messages")
    about = {"case_id": subject.id} if is_case else {"contact_id": subject.id}
    page = render_template(
        "portal/reporting.html",
        title=title,
        header=case_header(subject) if isinstance(subject, Case) else contact_header(subject),
        tabs_of_record=VIEWS["case" if is_case else "contact"].tabs_of(subject, "reporting"),
        form=form if may("edit", "patient_link") else None,
        candidates=candidates,
        link=None if link is None else row_of(link),
        others=0 if link is None else max(0, len(queries.members_of(link)) - 1),
        messages=rows_of(messages_about(**about)),
        may_send=may("send", "message"),
        trail=case_crumbs(subject, Crumb(title))
        if isinstance(subject, Case)
        else contact_crumbs(subject, Crumb(title)),
    )
    return page, status


def _invite(subject: Subject) -> Page:
    form = InvitationForm()
    if not form.validate():
        return _show(subject, form, 422)
    invitation = Invitation(
        form.way.data or "",
        form.recipient.data,
        form.language.data or "ja",
        bool(form.reminds.data),
    )
    chosen = chosen_of(subject, request.form.getlist("members"))
    try:
        link = service.issue(subject, chosen, invitation, by=signed_in())
    except InvalidInput as refused:
        form.form_errors.extend(forms.show_problems(form, refused.problems))
        return _show(subject, form, 422)
    if link.way == "paper":
        flash(_("The link is ready. Print the letter with its QR code."), "success")
    else:
        flash(_("The invitation is on its way."), "success")
    return redirect(page_of(link), 303)


def _link_or_404(pk: str) -> PatientLink:
    found: PatientLink | None = db.session.get(PatientLink, record_key(pk))
    if found is None:
        raise NotVisible(_l("There is no such record."))
    return found


def _contact_or_404(pk: str) -> Contact:
    contact = contact_with_header(record_key(pk))
    if contact is None:
        raise NotVisible(_l("There is no such record."))
    return contact


add_tab(
    CaseView,
    PageTab(
        "reporting",
        TAB,
        "patient_link",
        "show",
        lambda case: url_for("ReportingView.case", pk=case.id),
    ),
    before="contacts",
)
add_tab(
    ContactView,
    PageTab(
        "reporting",
        TAB,
        "patient_link",
        "show",
        lambda contact: url_for("ReportingView.contact", pk=contact.id),
    ),
)
