"""保存期限 on the screen: the periods, the preview, the holds."""

from typing import Any, ClassVar

from flask import flash, render_template, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, select
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from app.cases.header import case_with_header, crumbs_of
from app.cases.rules import case_number
from app.cases.views import CaseView
from app.contacts.views import ContactView
from app.core import forms
from app.core.constraints import explain
from app.core.errors import DomainError, InvalidInput, NotAllowed, NotVisible
from app.core.fields import LongTextField, Required
from app.core.forms import ItemForm
from app.core.labels import Label
from app.core.pages import Action, Crumb
from app.generated.arguments import only_known
from app.generated.extensions import add_show_action, add_tab
from app.generated.hooks import may, signed_in
from app.generated.interface import PortalInterface
from app.generated.refusals import closed
from app.generated.searching import SearchBy
from app.generated.showing import RelatedTab
from app.generated.views import GeneratedView
from app.retention.holding import REASON_LENGTH, place_hold, release
from app.retention.kinds import KINDS
from app.retention.models import RetentionEntry, RetentionHold, RetentionRule
from app.retention.rules import SHORTEST_DAYS, is_too_short
from app.security.actor import Actor

RULES = Label("保存期限", "Retention periods")
PREVIEW = Label("匿名化予定一覧", "Preview of anonymisation")
HOLDS = Label("保存の保留", "Legal holds")
TWICE = _l("There is a period for this kind of record and disease already.")
explain(
    "uq_retention_rule_institution_id_kind_disease_id",
    field="disease_id",
    message=TWICE,
)
explain("uq_retention_rule_of_all_diseases", field="disease_id", message=TWICE)


class RetentionRuleView(GeneratedView):
    """How long identity is kept; the data-protection officer of an institution decides."""

    datamodel = PortalInterface(RetentionRule)
    class_permission_name = "retention_rule"
    route_base = "/retention/rules"
    title_label = RULES
    list_items = ("kind", "disease_id", "event", "amount", "unit", "institution_id", "basis")
    search_items = (SearchBy("kind", "code"), SearchBy("disease_id", "reference"))
    empty_hint = _l("No period has been decided. Without one nothing is ever anonymised.")

    def may_change(self, record: RetentionRule, actor: Actor) -> bool:
        """Each institution decides for the records it answers for."""
        return record.institution_id == actor.institution_id

    def problems_with(self, record: RetentionRule) -> dict[str, list[object]]:
        """A period is counted from a day that the kind of record has."""
        problems: dict[str, list[object]] = {}
        if record.kind in KINDS and record.event not in KINDS[record.kind].events:
            problems["event"] = [_l("This kind of record has no such day.")]
        if is_too_short(record.amount, record.unit):
            problems["amount"] = [_l("At least %(days)s days.", days=SHORTEST_DAYS)]
        return problems

    def save_new(self, record: RetentionRule, by: Actor) -> RetentionRule:
        """It holds for the records the own institution answers for."""
        if by.institution_id is None:
            raise NotAllowed(_l("Your role may not do this."))
        record.institution_id = by.institution_id
        stored: RetentionRule = super().save_new(record, by)
        return stored


class RetentionEntryView(GeneratedView):
    """What will lose its identity, and what did. No entry names anybody."""

    datamodel = PortalInterface(RetentionEntry)
    class_permission_name = "retention_entry"
    route_base = "/retention/preview"
    title_label = PREVIEW
    list_items = (
        "reference",
        "state",
        "kind",
        "disease_id",
        "due_on",
        "rule_words",
        "responsible_centre_id",
        "left_because",
    )
    search_items = (
        SearchBy("state", "code"),
        SearchBy("kind", "code"),
        SearchBy("disease_id", "reference"),
        SearchBy("responsible_centre_id", "reference"),
        SearchBy("due_on", "range"),
    )
    empty_hint = _l("Nothing stands to be anonymised. Records appear here a week before.")

    def list_statement(self, actor: Actor) -> tuple[Select[Any], Any]:
        """What stands to be anonymised, unless another state is asked for."""
        statement = select(RetentionEntry)
        if not request.args.get("state"):
            statement = statement.where(RetentionEntry.state == "waiting")
        return statement, RetentionEntry.id

    def list_actions(self) -> tuple[Action, ...]:
        """What was done, and what was taken off."""
        lists = (("applied", _("Anonymised records")), ("left", _("Taken off the list")))
        return tuple(
            Action(words, url_for(".list", state=state))
            for state, words in lists
            if request.args.get("state") != state
        )

    def show_actions(self, record: RetentionEntry) -> tuple[Action, ...]:
        """The record itself, for those who meet it, and the way to hold it."""
        steps = []
        view = {"case": "CaseView", "contact": "ContactView"}.get(record.kind)
        if view is None:
            return ()
        if may("show", record.kind):
            url = url_for(f"{view}.show", pk=record.record_id)
            steps.append(Action(_("Open the record"), url))
        is_met = record.kind == "case" or may("show", record.kind)
        if record.state == "waiting" and is_met and may("add", "retention_hold"):
            steps.append(_hold_action(**{f"{record.kind}_id": record.record_id}))
        return tuple(steps)


class ReleaseForm(ItemForm):
    """Why a hold ends."""

    reason = LongTextField(_l("Reason"), [Required()], max_length=REASON_LENGTH, rows=3)


class RetentionHoldView(GeneratedView):
    """Records that stay whole whatever their period says."""

    datamodel = PortalInterface(RetentionHold)
    class_permission_name = "retention_hold"
    route_base = "/retention/holds"
    title_label = HOLDS
    preset_items: ClassVar[tuple[str, ...]] = ("case_id", "contact_id")
    can_add_alone = False
    list_items = (
        "reference",
        "reach",
        "reason",
        "until_on",
        "placed_at",
        "placed_by",
        "released_at",
    )
    under_items = ("reach", "reason", "until_on", "placed_at", "placed_by", "released_at")
    form_items = ("reach", "reason", "until_on")
    empty_hint = _l("Nothing is held. A hold is placed on the page of a case or contact.")

    def under_statement(self, actor: Actor) -> tuple[Select[Any], Any]:
        """The holds of one case or contact."""
        return select(RetentionHold), RetentionHold.id

    def checked_presets(self, keys: dict[str, int]) -> dict[str, Any]:
        """One record, which exists for the actor."""
        if len(keys) > 1:
            raise NotVisible(_l("There is no such record."))
        return super().checked_presets(keys)

    def crumbs_for(self, record: RetentionHold) -> tuple[Crumb, ...]:
        """Under the case, for those who open cases; else under the holds."""
        if record.case_id is not None and may("show", "case"):
            return crumbs_of(case_with_header(record.case_id))
        number = [] if record.case_id is None else [Crumb(case_number(record.case_id))]
        return (*super().crumbs_for(record), *number)

    def title_of(self, record: RetentionHold) -> str:
        """What is held."""
        return f"{HOLDS}：{record.reference}"

    def save_new(self, record: RetentionHold, by: Actor) -> RetentionHold:
        """The verb checks once more, and clears the preview."""
        return place_hold(record, by=by)

    def show_actions(self, record: RetentionHold) -> tuple[Action, ...]:
        """The record itself, for those who meet it, and releasing the hold."""
        steps = []
        kind = "case" if record.case_id is not None else "contact"
        if may("show", kind):
            view = "CaseView" if kind == "case" else "ContactView"
            url = url_for(f"{view}.show", pk=record.case_id or record.contact_id)
            steps.append(Action(_("Open the record"), url))
        if record.released_at is None and may("release", "retention_hold"):
            steps.append(Action(_("Release the hold"), url_for(".release", pk=record.id)))
        return tuple(steps)

    @expose("/release/<pk>", methods=["GET", "POST"])
    @has_access
    @permission_name("release")
    def release(self, pk: str) -> Response | tuple[str, int]:
        """Ends the hold, with the reason."""
        actor = signed_in()
        only_known(request.args, {"parked"})
        hold: RetentionHold = self.record_or_404(pk)
        form = ReleaseForm()
        if request.method == "POST" and form.validate():
            try:
                release(hold, form.reason.data or "", by=actor)
            except InvalidInput as refused:
                forms.show_problems(form, refused.problems)
            except DomainError as refused:
                form.form_errors.append(refused.message)
            else:
                flash(_("The hold was released."), "success")
                return redirect(self.url_of(hold), 303)
        title = _("Release the hold")
        trail = (*self.crumbs_for(hold), Crumb(self.title_of(hold), self.url_of(hold)))
        page = render_template(
            "retention/release.html",
            title=title,
            form=form,
            cancel_url=self.url_of(hold),
            trail=(*trail, Crumb(title)),
        )
        return page, 422 if form.errors or form.form_errors else 200


def _hold_action(**preset: int) -> Action:
    return Action(_("Hold the record"), url_for("RetentionHoldView.add", **preset))  # type: ignore[arg-type]


def _hold_case(record: Any) -> Action | None:
    if closed(record) is not None or not may("add", "retention_hold"):
        return None
    return _hold_action(case_id=record.id)


def _hold_contact(record: Any) -> Action | None:
    if closed(record) is not None or not may("add", "retention_hold"):
        return None
    return _hold_action(contact_id=record.id)


for _view, _column, _make in (
    (CaseView, RetentionHold.case_id, _hold_case),
    (ContactView, RetentionHold.contact_id, _hold_contact),
):
    add_tab(_view, RelatedTab("holds", HOLDS, "retention_hold", _column), before="history")
    add_show_action(_view, _make)
