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
from app.core.db import db
from app.core.errors import DomainError, InvalidState, NotVisible
from app.core.items import items_of
from app.core.labels import Label
from app.core.pages import Action, Crumb, PersonHeader, ShowPage
from app.generated.arguments import only_known, record_key
from app.generated.cells import links_to
from app.generated.extensions import ComputedColumn, add_tab
from app.generated.hooks import may, signed_in
from app.generated.interface import PortalInterface
from app.generated.listing import Order
from app.generated.searching import SearchBy
from app.generated.showing import RelatedTab
from app.generated.views import GeneratedView
from app.notifications import service
from app.notifications.beside import actions_beside
from app.notifications.clocks import COLUMN, clocks
from app.notifications.duplicates import PossibleDuplicate, candidates
from app.notifications.entry import EntryDoors
from app.notifications.guard import may_become
from app.notifications.intake import IntakeDoors
from app.notifications.models import Notification
from app.notifications.pages import cards_for, known_notice, notice_for
from app.notifications.paper_views import PaperDoors, print_action
from app.notifications.queries import version_after
from app.notifications.queue import QueueOrder
from app.persons.finding import by_person
from app.persons.knowing import Known, people_known
from app.persons.models import Person
from app.security.actor import Actor

Page = Response | str | tuple[str, int]


class NotificationView(EntryDoors, IntakeDoors, PaperDoors, GeneratedView):
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
        "disease_id",
        "case.number",
        "institution_id",
        "responsible_centre_id",
        "submitted_at",
        "due_at",
    )
    show_items = ("state", "case.number")
    sort_items = ("due_at",)
    computed_columns = (ComputedColumn("clock", COLUMN, clocks),)
    search_items = (
        SearchBy("state", "code"),
        SearchBy("disease_id", "reference"),
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
        """What waits for acceptance comes first, or what is due first."""
        if sort is not None:
            return super().order(sort, direction, key)
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
                joinedload(Notification.forwarded_from),
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
        alike = self._alike(record, actor)
        known = () if alike else self._known(record, actor)
        page = ShowPage(
            title=self.title_of(record),
            cards=cards_for(record, newer),
            header=self.header_for(record),
            tabs=self.tabs_of(record, ""),
            actions=self._steps(record, actor, alike=bool(alike)),
            crumbs=(*self.crumbs_for(record), Crumb(self.title_of(record))),
            notice=notice_for(record, actor, alike=bool(alike)) or known_notice(known),
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

    def _alike(self, record: Notification, actor: Actor) -> Sequence[Case]:
        """Cases of perhaps the same person, for whoever is about to accept."""
        ours = record.responsible_centre_id == actor.institution_id
        return candidates(record) if ours and may("accept", "notification") else ()

    def _known(self, record: Notification, actor: Actor) -> Sequence[Known]:
        """People the reader meets who are probably the patient, whatever they were ill with."""
        ours = record.responsible_centre_id == actor.institution_id
        person = None if record.case is None else record.case.person
        if record.state != "submitted" or not ours or person is None:
            return ()
        if not may("accept", "notification"):
            return ()
        values = {item.name: getattr(person, item.name) for item in items_of(Person)}
        return people_known(values, own_id=person.id)

    def _steps(self, record: Notification, actor: Actor, *, alike: bool) -> tuple[Action, ...]:
        """The steps this institution may take with the notification now."""
        steps = []
        if record.responsible_centre_id == actor.institution_id and record.state == "submitted":
            if alike:
                url = url_for(".duplicates", pk=record.id)
                steps.append(Action(_("Check for duplicates"), url, style="primary", icon="people"))
            elif may("accept", "notification"):
                url = url_for(".accept", pk=record.id)
                steps.append(Action(_("Accept"), url, "post", "primary", "check"))
            unnumbered = record.case is not None and record.case.accepted_at is None
            if may("forward", "notification") and unnumbered:
                url = url_for(".forward", pk=record.id)
                steps.append(Action(_("Forward"), url, icon="institution"))
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
        except PossibleDuplicate as alike:
            flash(str(alike.message), "warning")
            return redirect(url_for(".duplicates", pk=record.id), 303)
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


links_to(Notification, lambda record: url_for("NotificationView.show", pk=record.id))
add_tab(
    CaseView,
    RelatedTab(
        "notifications", Label("発生届", "Notifications"), "notification", Notification.case_id
    ),
)
