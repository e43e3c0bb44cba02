"""Notifications on the screen: the clinic's own and the health centre's intake."""

from collections.abc import Collection, Sequence
from typing import Any

from flask import flash, render_template, request, url_for
from flask_appbuilder import action, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from app.audit.reads import record_look
from app.cases.header import header_of
from app.cases.models import Case
from app.cases.views import CaseView
from app.core import forms
from app.core.db import db
from app.core.errors import DomainError, InvalidInput, InvalidState, NotVisible
from app.core.fields import LongTextField, Required
from app.core.forms import ItemForm
from app.core.labels import Label
from app.core.pages import Action, Crumb, PersonHeader, ShowPage
from app.generated.arguments import only_known, record_key
from app.generated.cells import links_to
from app.generated.extensions import add_tab
from app.generated.hooks import may, signed_in
from app.generated.interface import PortalInterface
from app.generated.listing import Order
from app.generated.searching import SearchBy
from app.generated.showing import RelatedTab
from app.generated.views import GeneratedView
from app.notifications import service
from app.notifications.beside import actions_beside
from app.notifications.correction import changed_lines
from app.notifications.entry import EntryDoors
from app.notifications.guard import may_become
from app.notifications.models import Notification
from app.notifications.pages import document_cards, notice_for, state_card
from app.notifications.paper_views import PaperDoors, print_action
from app.notifications.queries import version_after
from app.notifications.queue import QueueOrder
from app.persons.finding import by_person
from app.security.actor import Actor

Page = Response | str | tuple[str, int]


class ReasonForm(ItemForm):
    """Why a notification is returned or withdrawn."""

    reason = LongTextField(_l("Reason"), [Required()], max_length=2000)


class NotificationView(EntryDoors, PaperDoors, GeneratedView):
    """Notifications: 発生届."""

    datamodel = PortalInterface(Notification)
    class_permission_name = "notification"
    route_base = "/notifications"
    title_label = Label("発生届", "Notifications")
    exclude_route_methods = frozenset({"download", "delete"})
    list_items = (
        "case.person.name",
        "case.person.kana",
        "state",
        "case.number",
        "institution_id",
        "responsible_centre_id",
        "submitted_at",
        "accepted_at",
    )
    show_items = ("state", "case.number")
    search_items = (
        SearchBy("state", "code"),
        SearchBy("reported_on", "range"),
        *by_person("case.person", telephone=False),
    )
    empty_hint = _l("No notification matches. Drafts have a page of their own.")

    lists_names = True

    def people_of(self, records: Sequence[Notification]) -> Collection[int]:
        """The patients notified, as far as the reader meets their cases."""
        people = (record.case.person_id for record in records if record.case is not None)
        return {person for person in people if person is not None}

    # -- list ---------------------------------------------------------------------------------

    def list_statement(self, actor: Actor) -> tuple[Select[Any], Any]:
        """Drafts stay with their own page."""
        return select(Notification).where(Notification.state != "draft"), Notification.id

    def order(self, sort: str | None, direction: str | None, key: Any) -> Order:
        """What waits for acceptance comes first."""
        return QueueOrder(None, True, key)

    def list_actions(self) -> tuple[Action, ...]:
        """The way to the drafts and to blank paper."""
        if not may("add", "notification"):
            return ()
        return (
            Action(_("Drafts"), url_for(".drafts"), icon="document"),
            Action(_("Blank form (PDF)"), url_for(".blank"), icon="print"),
        )

    # -- show ---------------------------------------------------------------------------------

    def record_or_404(self, pk: str) -> Notification:
        """The notification with its case, person and institutions, in one statement."""
        statement = select(Notification).where(Notification.id == record_key(pk))
        person = joinedload(Notification.case)
        found = db.session.scalars(
            statement.options(
                person.joinedload(Case.person),
                person.joinedload(Case.responsible_centre),
                joinedload(Notification.disease),
                joinedload(Notification.institution),
                joinedload(Notification.entering_institution),
                joinedload(Notification.responsible_centre),
                joinedload(Notification.accepted_centre),
                joinedload(Notification.previous),
            )
        ).unique()
        record = found.one_or_none()
        if record is None:
            raise NotVisible(_l("There is no such record."))
        return record

    @expose("/show/<pk>", methods=["GET"])
    @has_access
    def show(self, pk: str) -> Response | str:
        """The document in the paper's order, as it was submitted."""
        actor = signed_in()
        only_known(request.args, ())
        record = self.record_or_404(pk)
        if record.state == "draft":
            return redirect(url_for(".edit", pk=record.id), 303)
        newer = version_after(record) if record.state == "corrected" else None
        self.looked_at(record, actor)
        page = ShowPage(
            title=self.title_of(record),
            cards=(state_card(record, newer), *document_cards(record, changed_lines(record))),
            header=self.header_for(record),
            tabs=self.tabs_of(record, ""),
            actions=self._steps(record, actor),
            crumbs=(*self.crumbs_for(record), Crumb(self.title_of(record))),
            notice=notice_for(record, actor),
        )
        return self._page("generated/show.html", page)

    def title_of(self, record: Notification) -> str:
        """The number under which clinic and health centre speak of it."""
        return _(
            "Notification %(number)s (version %(version)s)",
            number=record.id,
            version=record.version,
        )

    def header_for(self, record: Notification) -> PersonHeader | None:
        """The case's header, once the reader meets the case."""
        return None if record.case is None else header_of(record.case)

    def looked_at(self, record: Notification, actor: Actor) -> None:
        """Opening a notification is a look at its person."""
        person = None if record.case is None else record.case.person_id
        own = actor.institution_id in (record.institution_id, record.entering_institution_id)
        record_look(
            actor,
            door="notification.show",
            case_id=record.case_id,
            person_id=person,
            relation="own_entry" if record.case_id is None and own else None,
        )

    def _steps(self, record: Notification, actor: Actor) -> tuple[Action, ...]:
        """The steps this institution may take with the notification now."""
        steps = []
        if record.responsible_centre_id == actor.institution_id and record.state == "submitted":
            if may("accept", "notification"):
                url = url_for(".accept", pk=record.id)
                steps.append(Action(_("Accept"), url, "post", "primary", "check"))
            if may("return", "notification"):
                url = url_for(".send_back", pk=record.id)
                steps.append(Action(_("Return to sender"), url, style="danger"))
        own = actor.institution_id in (record.institution_id, record.entering_institution_id)
        ours = own and record.case is not None  # Long after its acceptance only the document.
        if ours and may("edit", "notification") and may_become(record.state, "corrected"):
            url = url_for(".correct", pk=record.id)
            steps.append(Action(_("Correct"), url, style="secondary", icon="edit"))
            url = url_for(".withdraw", pk=record.id)
            steps.append(Action(_("Withdraw"), url, style="danger"))
        if own and may("add", "notification"):
            url = url_for(".add", family=record.id)
            steps.append(Action(_("Notify somebody of the household"), url, icon="people"))
        return (*steps, *actions_beside(record), *print_action(record))

    # -- steps --------------------------------------------------------------------------------

    @expose("/accept/<pk>", methods=["POST"])
    @has_access
    @permission_name("accept")
    def accept(self, pk: str) -> Response:
        """Receive a notification; whoever comes second is told so."""
        record = self.record_or_404(pk)
        try:
            service.accept(record, by=signed_in(), signed_as=current_user.display_name)
        except InvalidState as late:
            flash(str(late.message), "warning")
        else:
            number = record.case.number if record.case else ""
            flash(_("Accepted. The case number is %(number)s.", number=number), "success")
        return redirect(url_for(".show", pk=record.id), 303)

    @action("accept", _l("Accept"), _l("Accept the ticked notifications?"), single=False)
    def accept_ticked(self, records: Sequence[Notification]) -> str:
        """Each row by itself: one that cannot be accepted does not hold up the others."""
        by = signed_in()
        results = []
        for record in records:
            try:
                service.accept(record, by=by, signed_as=current_user.display_name)
                number = record.case.number if record.case else ""
                told = _("Accepted. The case number is %(number)s.", number=number)
                tone = "success"
            except DomainError as refused:
                told, tone = str(refused.message), "warning"
            url = url_for(".show", pk=record.id)
            results.append({"title": self.title_of(record), "url": url, "tone": tone, "text": told})
        done = sum(1 for result in results if result["tone"] == "success")
        trail = (*self.crumbs_for(None), Crumb(_("Result")))
        return render_template(
            "notifications/accepted.html", results=results, done=done, trail=trail
        )

    @expose("/return/<pk>", methods=["GET", "POST"])
    @has_access
    @permission_name("return")
    def send_back(self, pk: str) -> Page:
        """Asks for the reason, then returns the notification to its sender."""
        record = self.record_or_404(pk)
        return self._with_reason(record, service.return_to_sender, _("Return to sender"))

    @expose("/withdraw/<pk>", methods=["GET", "POST"])
    @has_access
    @permission_name("edit")
    def withdraw(self, pk: str) -> Page:
        """Asks for the reason, then takes the notification back."""
        return self._with_reason(self.record_or_404(pk), service.withdraw, _("Withdraw"))

    def _with_reason(self, record: Notification, step: Any, title: str) -> Page:
        only_known(request.args, {"parked"})
        form = ReasonForm()
        status = 200
        if request.method == "POST":
            status = 422
            if form.validate():
                try:
                    step(record, form.reason.data, by=signed_in())
                except InvalidState as late:
                    flash(str(late.message), "warning")
                    return redirect(url_for(".show", pk=record.id), 303)
                except InvalidInput as refused:
                    forms.show_problems(form, refused.problems)
                else:
                    flash(_("Done."), "success")
                    return redirect(url_for(".show", pk=record.id), 303)
        else:
            self.looked_at(record, signed_in())
        crumbs = (*self.crumbs_for(record), Crumb(self.title_of(record), self.url_of(record)))
        page = render_template(
            "notifications/reason.html",
            form=form,
            title=title,
            subject=self.title_of(record),
            header=self.header_for(record),
            cancel_url=url_for(".show", pk=record.id),
            trail=(*crumbs, Crumb(title)),
        )
        return page, status


links_to(Notification, lambda record: url_for("NotificationView.show", pk=record.id))
add_tab(
    CaseView,
    RelatedTab(
        "notifications", Label("発生届", "Notifications"), "notification", Notification.case_id
    ),
)
