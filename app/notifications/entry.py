"""The doors of the entry form: new, draft, correction. Whatever was typed comes back."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import flash, render_template, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from app.accounts.parking import take_parked
from app.core import clock, forms
from app.core.errors import InvalidInput, InvalidState
from app.core.pages import ConflictLine
from app.generated.arguments import only_known
from app.generated.hooks import may, signed_in
from app.generated.submissions import submit_once
from app.institutions.diseases import NOTIFICATION_TIMINGS, Disease
from app.notifications import service
from app.notifications.addresses import Addresses, around
from app.notifications.autosave import AutosaveDoors, draft_of_token
from app.notifications.checking import Unconfirmed, completed, home_of, refusals
from app.notifications.choosing import (
    ChoosingDoors,
    disease_of_form,
    form_class_of,
    usual_family,
)
from app.notifications.document import values_of
from app.notifications.draft_merge import base_of, form_data, lines_of, merged, read_base
from app.notifications.drafts import DraftDoors
from app.notifications.entry_form import (
    EntryForm,
    form_data_of,
    parts_of,
    raw_values,
    typed_values,
)
from app.notifications.following import submit_draft
from app.notifications.guard import may_become
from app.notifications.layout import COUNTED_AT_SENTINELS_FROM, COVID_19, FORM_2022_FROM
from app.notifications.models import Notification
from app.notifications.starting import starting_values
from app.notifications.steps import require_sender
from app.security.actor import Actor

Page = Response | str | tuple[str, int]
Send = Callable[[Mapping[str, Any], tuple[str, ...]], Notification]


class EntryDoors(ChoosingDoors, DraftDoors, AutosaveDoors):
    """What a clinic does with the form before the health centre sees it, and when correcting."""

    @expose("/new", methods=["GET", "POST"])
    @has_access
    @permission_name("add")
    def add(self) -> Page:
        """A form with the clinic's own particulars; ``family`` names the notification of
        somebody of the same household."""
        return self._add(None)

    @expose("/new/<disease>", methods=["GET", "POST"])
    @has_access
    @permission_name("add")
    def add_of(self, disease: str) -> Page:
        """The form of one disease."""
        return self._add(disease)

    def _add(self, named: str | None) -> Page:
        actor = signed_in()
        only_known(request.args, {"parked", "family"})
        relative = self._relative(actor)
        family = named or (relative.disease.family if relative else usual_family(actor))
        disease = disease_of_form(family)
        title = _("New notification")
        if request.method == "GET":
            start = starting_values(actor, relative, family)
            form = _opened(actor, family, take_parked(request.path), lambda: start)
            return _entry_page(form, title, disease=disease, relative=relative)
        form = form_class_of(actor, family)()
        # What was kept while typing becomes the document, also when its answer never arrived.
        kept = draft_of_token(form.form_token_.data or "", actor)
        if request.form.get("step") == "draft":
            return submit_once(form.form_token_.data, actor, lambda: _kept(actor, kept, family))

        def send(values: Mapping[str, Any], confirmed: tuple[str, ...]) -> Notification:
            return service.submit(values, by=actor, draft=kept, confirmed=confirmed)

        return _submitted(form, actor, send, title, disease=disease)

    def _relative(self, actor: Actor) -> Notification | None:
        """The notification whose household is taken over; only one's own institution's."""
        if "family" not in request.args:
            return None
        relative: Notification = self.record_or_404(request.args["family"])
        require_sender(relative, actor)
        if request.method == "GET":
            self.looked_at(relative, actor)
        return relative

    @expose("/edit/<pk>", methods=["GET", "POST"])
    @has_access
    def edit(self, pk: str) -> Page:
        """A draft, opened again."""
        actor = signed_in()
        only_known(request.args, {"parked"})
        draft = self.record_or_404(pk)
        if request.method == "GET" and draft.state != "draft":
            return redirect(self.url_of(draft), 303)
        return draft_page(draft, actor)

    @expose("/correct/<pk>", methods=["GET", "POST"])
    @has_access
    @permission_name("edit")
    def correct(self, pk: str) -> Page:
        """A new version of a submitted notification, starting from what was submitted."""
        actor = signed_in()
        only_known(request.args, {"parked"})
        former = self.record_or_404(pk)
        title, family = _("Correct the notification"), former.disease.family
        if request.method == "GET":
            if not former.snapshot or not may_become(former.state, "corrected"):
                return redirect(self.url_of(former), 303)
            self.looked_at(former, actor)
            values = values_of(former.snapshot)
            form = _opened(actor, family, take_parked(request.path), lambda: form_data_of(values))
            return _entry_page(form, title, disease=former.disease, former=former)
        form = form_class_of(actor, family)()

        def send(values: Mapping[str, Any], confirmed: tuple[str, ...]) -> Notification:
            return service.correct(former, values, by=actor, confirmed=confirmed)

        return _submitted(form, actor, send, title, disease=former.disease, former=former)


def draft_page(draft: Notification, actor: Actor, addresses: Addresses | None = None) -> Page:
    """The form of a draft, opened or sent back; ``addresses`` of whoever lends it."""
    title, family = _("Draft notification"), draft.disease.family
    shown: dict[str, Any] = {"disease": draft.disease, "draft": draft, "addresses": addresses}
    if request.method == "GET":
        typed = take_parked(request.path) or MultiDict(draft.draft or {})
        typed.setdefault("row_version_", str(draft.row_version))
        form = form_class_of(actor, family)(formdata=typed)
        form.base_.data = form.base_.data or base_of(draft.draft)
        return _entry_page(form, title, **shown)
    form = form_class_of(actor, family)(row_version_=draft.row_version)
    if draft.state == "draft" and form.row_version_.data != draft.row_version:
        return _both_saved(form, actor, draft, title, addresses)
    if request.form.get("step") == "draft":
        return redirect(_kept(actor, draft, family, addresses), 303)

    def send(values: Mapping[str, Any], confirmed: tuple[str, ...]) -> Notification:
        return submit_draft(values, by=actor, draft=draft, confirmed=confirmed)

    return _submitted(form, actor, send, title, **shown)


def _opened(
    actor: Actor,
    family: str,
    typed: MultiDict[str, str] | None,
    start: Callable[[], dict[str, Any]],
) -> EntryForm:
    """A form as it was typed before the session ended, else from its starting values."""
    made = form_class_of(actor, family)
    return made(formdata=typed) if typed is not None else made(data=start())


def _kept(
    actor: Actor, draft: Notification | None, family: str, addresses: Addresses | None = None
) -> str:
    stored = service.save_draft(raw_values(request.form), by=actor, draft=draft, family=family)
    flash(_("The draft was saved. It has not been submitted yet."), "success")
    return addresses.kept(stored) if addresses else url_for(".edit", pk=stored.id)


def _both_saved(
    form: EntryForm,
    actor: Actor,
    draft: Notification,
    title: str,
    addresses: Addresses | None,
) -> Page:
    """Somebody else saved the draft meanwhile: both entries stand where they do not meet."""
    base, mine = read_base(form.base_.data), raw_values(request.form)
    theirs = draft.draft or {}
    values, overlaps = merged(base, mine, theirs)
    if not overlaps and request.form.get("step") == "draft":
        service.save_draft(values, by=actor, draft=draft)
        flash(_("The draft was saved with what somebody else entered meanwhile."), "success")
        opened = addresses.kept(draft) if addresses else url_for(".edit", pk=draft.id)
        return redirect(opened, 303)
    version, token = draft.row_version, form.form_token_.data
    posted = form_data(values, version=version, base=theirs, token=token)
    again = form_class_of(actor, draft.disease.family)(formdata=posted)
    lines = lines_of(base, mine, theirs)
    shown: dict[str, Any] = {"disease": draft.disease, "draft": draft, "addresses": addresses}
    return _entry_page(again, title, conflict=lines, **shown), 409


def _submitted(form: EntryForm, actor: Actor, send: Send, title: str, **shown: Any) -> Page:
    """Submit once, or show again everything that was typed with what is in the way."""

    def save() -> str:
        confirmed = (form.warned_.data or "").split(",") if form.confirmed_.data else ()
        stored = send(typed_values(form), tuple(confirmed))
        lent: Addresses | None = shown.get("addresses")
        return lent.done(stored) if lent else url_for(".show", pk=stored.id)

    asked: Unconfirmed | None = None
    valid = form.validate()
    try:
        if not valid:
            _add_what_is_missing(form)
            return _entry_page(form, title, **shown), 422
        answer = submit_once(form.form_token_.data, actor, save)
    except Unconfirmed as questions:
        asked = questions
    except InvalidInput as refused:
        problems = forms.show_problems(form, refused.problems)
        form.form_errors.extend([*problems, *([refused.message] if refused.message else [])])
    except InvalidState as late:
        form.form_errors.append(late.message)
        return _entry_page(form, title, **shown), 409
    else:
        flash(_("The notification was submitted and is waiting for acceptance."), "success")
        return answer
    return _entry_page(form, title, asked=asked, **shown), 422


def _add_what_is_missing(form: EntryForm) -> None:
    """Beside unreadable values, name in the same answer all that would be refused next."""
    values = completed(typed_values(form))
    problems = refusals(values, home_of(values))
    readable = {n: p for n, p in problems.items() if n not in form or not form[n].errors}
    form.form_errors.extend(forms.show_problems(form, readable))


def _entry_page(
    form: EntryForm,
    title: str,
    *,
    disease: Disease,
    draft: Notification | None = None,
    former: Notification | None = None,
    relative: Notification | None = None,
    asked: Unconfirmed | None = None,
    conflict: tuple[ConflictLine, ...] = (),
    addresses: Addresses | None = None,
) -> str:
    if asked is not None:
        form.warned_.raw_data = None
        form.warned_.data = ",".join(rule.code for rule in asked.rules)
        form.confirmed_.data = False
    return render_template(
        "notifications/entry.html",
        form=form,
        parts=parts_of(form),
        title=title,
        asked=asked.rules if asked else (),
        draft=draft,
        former=former,
        conflict=conflict,
        relative=relative,
        **around(title, draft, former, disease, addresses),
        disease=disease,
        timing=NOTIFICATION_TIMINGS.label(disease.notification_timing),
        other_url=None if draft or former else url_for(".diseases"),
        report_url=url_for("DailyReportView.add") if may("add", "daily_report") else None,
        covid=disease.family == COVID_19,
        since=(FORM_2022_FROM.isoformat(), COUNTED_AT_SENTINELS_FROM.isoformat()),
        today=clock.today().isoformat(),
    )
