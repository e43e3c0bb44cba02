"""The plan of an observation on the screen: seen, changed, handed to another institution."""

from datetime import timedelta
from typing import Any

from flask import flash, render_template, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import inspect
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from app.audit.reads import record_look
from app.cases.header import crumbs_of as case_crumbs
from app.cases.header import header_of as case_header
from app.cases.models import Case
from app.contacts.header import crumbs_of as contact_crumbs
from app.contacts.header import header_of as contact_header
from app.contacts.models import Contact
from app.core import clock
from app.core.dates import format_date
from app.core.db import db
from app.core.errors import DomainError, NotVisible
from app.core.labels import Label
from app.core.pages import Action, Crumb, PersonHeader
from app.followup import calling, service
from app.followup.board_views import plan_or_404
from app.followup.codes import REPORTER
from app.followup.plans import ObservationPlan
from app.generated.arguments import only_known, record_key
from app.generated.hooks import may, signed_in
from app.generated.interface import PortalInterface
from app.generated.views import GeneratedView
from app.security.actor import Actor

LONGEST = timedelta(days=365)


class PlanView(GeneratedView):
    """One plan: 健康観察の計画."""

    datamodel = PortalInterface(ObservationPlan)
    class_permission_name = "observation_plan"
    route_base = "/plans"
    title_label = Label("健康観察の計画", "Plan of the observation")
    list_items = ("status", "starts_on", "ends_on")
    show_items = (
        "status",
        "starts_on",
        "ends_on",
        "end_fixed",
        "times_per_day",
        "reporter",
        "voice_morning_hour",
        "voice_evening_hour",
        "institution_id",
        "last_call_result",
        "call_wanted",
    )
    form_items = (
        "ends_on",
        "times_per_day",
        "voice_morning_hour",
        "voice_evening_hour",
        "reporter",
    )

    def header_for(self, record: ObservationPlan) -> PersonHeader | None:
        """The header of the case or the contact."""
        if record.case is not None:
            return case_header(record.case)
        return None if record.contact is None else contact_header(record.contact)

    def crumbs_for(self, record: ObservationPlan) -> tuple[Crumb, ...]:
        """The trail of the case or the contact."""
        here = Crumb(str(self.title_label), url_for("PlanView.show", pk=record.id))
        if record.case is not None:
            return case_crumbs(record.case, here)
        return contact_crumbs(record.contact, here)

    def title_of(self, record: ObservationPlan) -> str:
        """Its days."""
        return f"{format_date(record.starts_on)} – {format_date(record.ends_on)}"

    def looked_at(self, record: ObservationPlan, actor: Actor) -> None:
        """A look at the plan is a look at its person."""
        person_id = record.subject.person_id if record.subject is not None else None
        record_look(actor, door="plan.show", case_id=record.case_id, person_id=person_id)

    def show_actions(self, record: ObservationPlan) -> tuple[Action, ...]:
        """Handing the person to another institution, while it lasts."""
        if not may("hand_over", "observation_plan") or record.status == "finished":
            return ()
        url = url_for("PlanView.hand_over", pk=record.id)
        return (Action(_("Hand over"), url, icon="institution"),)

    def url_after_save(self, record: ObservationPlan) -> str:
        """Back to the plan."""
        return url_for("PlanView.show", pk=record.id)

    def problems_with(self, record: ObservationPlan) -> dict[str, list[object]]:
        """An end before the beginning, or a year away."""
        if record.ends_on < record.starts_on:
            return {"ends_on": [_l("The end lies before the beginning.")]}
        if record.ends_on > clock.today() + LONGEST:
            return {"ends_on": [_l("This day lies too far ahead.")]}
        return {}

    def save_changes(self, record: ObservationPlan, by: Actor) -> None:
        """An end typed by somebody stands when the dates of the person change."""
        if inspect(record).attrs.ends_on.history.has_changes():
            record.end_fixed = True
            service.refresh_state(record)
        super().save_changes(record, by)

    @expose("/of-case/<pk>", methods=["GET"])
    @has_access
    @permission_name("show")
    def of_case(self, pk: str) -> Response:
        """The plan of a case, whatever its own key is."""
        return _to_plan(db.session.get(Case, record_key(pk)))

    @expose("/of-contact/<pk>", methods=["GET"])
    @has_access
    @permission_name("show")
    def of_contact(self, pk: str) -> Response:
        """The plan of a contact, or of the case it became."""
        return _to_plan(db.session.get(Contact, record_key(pk)))

    @expose("/<pk>/hand-over", methods=["GET", "POST"])
    @has_access
    @permission_name("hand_over")
    def hand_over(self, pk: str) -> Response | str | tuple[str, int]:
        """To a hotel or contractor, or back to the health centre."""
        actor = signed_in()
        only_known(request.args, {"parked"})
        plan = plan_or_404(pk)
        problem: object = ""
        if request.method == "POST":
            try:
                key = record_key(request.form.get("institution_id") or "0")
                reporter = request.form.get("reporter") or None
                calling.hand_over(plan, key, by=actor, reporter=reporter)
            except DomainError as refused:
                if refused.status in (403, 404):
                    raise
                problem = next(
                    (s[0] for s in getattr(refused, "problems", {}).values()), refused.message
                )
            else:
                flash(_("Handed over."), "success")
                return redirect(url_for("PlanView.show", pk=plan.id), 303)
        else:
            self.looked_at(plan, actor)
        page = render_template(
            "followup/hand_over.html",
            title=_("Hand the observation over"),
            header=self.header_for(plan),
            trail=(*self.crumbs_for(plan), Crumb(_("Hand the observation over"))),
            plan=plan,
            choices=[(one.id, one.name) for one in calling.observers_for(plan, actor)],
            reporters=[(code.value, str(code.label)) for code in REPORTER],
            chosen=request.form.get("institution_id", ""),
            reporter=request.form.get("reporter") or plan.reporter,
            problem=problem,
            cancel_url=url_for("PlanView.show", pk=plan.id),
        )
        return page, 422 if problem else 200


def _to_plan(subject: Any) -> Response:
    if isinstance(subject, Contact) and subject.case_id is not None:
        subject = db.session.get(Case, subject.case_id) or subject
    plan = None if subject is None else service.plan_of(subject)
    if plan is None:
        raise NotVisible(_l("This person has no plan of observation."))
    return redirect(url_for("PlanView.show", pk=plan.id), 303)
