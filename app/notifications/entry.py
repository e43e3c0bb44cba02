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
from app.audit.reads import record_export
from app.core import clock, forms
from app.core.dates import format_instant
from app.core.errors import InvalidInput, InvalidState
from app.core.pages import Action, ConflictLine, Crumb
from app.generated.arguments import only_known
from app.generated.hooks import signed_in
from app.generated.submissions import submit_once
from app.notifications import service
from app.notifications.autosave import AutosaveDoors, draft_of_token
from app.notifications.beside import panel_beside
from app.notifications.checking import Unconfirmed, asked_at, completed, home_of, missing, refusals
from app.notifications.document import values_of
from app.notifications.draft_merge import base_of, form_data, lines_of, merged, read_base
from app.notifications.entry_form import (
    EntryForm,
    entry_form_class,
    form_data_of,
    label_of_line,
    parts_of,
    raw_values,
    typed_values,
)
from app.notifications.guard import may_become
from app.notifications.models import Notification
from app.notifications.queries import drafts_of, form_options
from app.notifications.starting import starting_values
from app.notifications.steps import require_sender
from app.security.actor import Actor
from app.security.roles import HEALTH_CENTRE_ROLES

Page = Response | str | tuple[str, int]
Send = Callable[[Mapping[str, Any], tuple[str, ...]], Notification]


class EntryDoors(AutosaveDoors):
    """What a clinic does with the form before the health centre sees it, and when correcting."""

    @expose("/new", methods=["GET", "POST"])
    @has_access
    @permission_name("add")
    def add(self) -> Page:
        """A form with the clinic's own particulars; ``family`` names the notification of
        somebody of the same household."""
        actor = signed_in()
        only_known(request.args, {"parked", "family"})
        relative = self._relative(actor)
        if request.method == "GET":
            start = starting_values(actor, relative)
            form = _opened(actor, take_parked(request.path), lambda: start)
            return _entry_page(form, _("New notification"), relative=relative)
        form = _form_class(actor)()
        # What was kept while typing becomes the document, also when its answer never arrived.
        kept = draft_of_token(form.form_token_.data or "", actor)
        if request.form.get("step") == "draft":
            return submit_once(form.form_token_.data, actor, lambda: _kept(actor, kept))

        def send(values: Mapping[str, Any], confirmed: tuple[str, ...]) -> Notification:
            return service.submit(values, by=actor, draft=kept, confirmed=confirmed)

        return _submitted(form, actor, send, _("New notification"))

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
        title = _("Draft notification")
        if request.method == "GET":
            if draft.state != "draft":
                return redirect(self.url_of(draft), 303)
            typed = take_parked(request.path) or MultiDict(draft.draft or {})
            typed.setdefault("row_version_", str(draft.row_version))
            form = _form_class(actor)(formdata=typed)
            form.base_.data = form.base_.data or base_of(draft.draft)
            return _entry_page(form, title, draft=draft)
        form = _form_class(actor)(row_version_=draft.row_version)
        if draft.state == "draft" and form.row_version_.data != draft.row_version:
            return _both_saved(form, actor, draft, title)
        if request.form.get("step") == "draft":
            return redirect(_kept(actor, draft), 303)

        def send(values: Mapping[str, Any], confirmed: tuple[str, ...]) -> Notification:
            return service.submit(values, by=actor, draft=draft, confirmed=confirmed)

        return _submitted(form, actor, send, title, draft=draft)

    @expose("/correct/<pk>", methods=["GET", "POST"])
    @has_access
    @permission_name("edit")
    def correct(self, pk: str) -> Page:
        """A new version of a submitted notification, starting from what was submitted."""
        actor = signed_in()
        only_known(request.args, {"parked"})
        former = self.record_or_404(pk)
        title = _("Correct the notification")
        if request.method == "GET":
            if not former.snapshot or not may_become(former.state, "corrected"):
                return redirect(self.url_of(former), 303)
            self.looked_at(former, actor)
            values = values_of(former.snapshot)
            form = _opened(actor, take_parked(request.path), lambda: form_data_of(values))
            return _entry_page(form, title, former=former)
        form = _form_class(actor)()

        def send(values: Mapping[str, Any], confirmed: tuple[str, ...]) -> Notification:
            return service.correct(former, values, by=actor, confirmed=confirmed)

        return _submitted(form, actor, send, title, former=former)

    @expose("/drafts", methods=["GET"])
    @has_access
    @permission_name("add")
    def drafts(self) -> str:
        """The institution's drafts: how old each is and what it still lacks."""
        actor = signed_in()
        only_known(request.args, ())
        made = _form_class(actor)
        rows = [_draft_row(draft, made) for draft in drafts_of(actor)]
        if rows:
            # A draft has no person yet: the page is noted with the number of names on it.
            record_export(actor, door="notification.drafts", count=len(rows))
        crumbs = (_list_crumb(), Crumb(_("Drafts")))
        new = Action(_("New notification"), url_for(".add"), style="primary", icon="add")
        return render_template("notifications/drafts.html", rows=rows, trail=crumbs, new=new)

    @expose("/discard/<pk>", methods=["GET", "POST"])
    @has_access
    @permission_name("edit")
    def discard(self, pk: str) -> Page:
        """Asks, then throws a draft away."""
        actor = signed_in()
        draft = self.record_or_404(pk)
        if request.method == "GET":
            return render_template(
                "generated/confirm.html",
                title=_("Throw the draft away"),
                question=_("Throw this draft away? What was typed will be gone."),
                action=Action(_("Throw away"), request.path, "post", "danger"),
                cancel_url=url_for(".drafts"),
            )
        service.discard_draft(draft, by=actor)
        flash(_("The draft was thrown away."), "success")
        return redirect(url_for(".drafts"), 303)


def _form_class(actor: Actor) -> type[EntryForm]:
    options = form_options(service.FAMILY, clock.today())
    return entry_form_class(options, by_proxy=actor.role in HEALTH_CENTRE_ROLES)


def _opened(
    actor: Actor, typed: MultiDict[str, str] | None, start: Callable[[], dict[str, Any]]
) -> EntryForm:
    """A form as it was typed before the session ended, else from its starting values."""
    made = _form_class(actor)
    return made(formdata=typed) if typed is not None else made(data=start())


def _kept(actor: Actor, draft: Notification | None) -> str:
    stored = service.save_draft(raw_values(request.form), by=actor, draft=draft)
    flash(_("The draft was saved. It has not been submitted yet."), "success")
    return url_for(".edit", pk=stored.id)


def _both_saved(form: EntryForm, actor: Actor, draft: Notification, title: str) -> Page:
    """Somebody else saved the draft meanwhile: both entries stand where they do not meet."""
    base, mine = read_base(form.base_.data), raw_values(request.form)
    theirs = draft.draft or {}
    values, overlaps = merged(base, mine, theirs)
    if not overlaps and request.form.get("step") == "draft":
        service.save_draft(values, by=actor, draft=draft)
        flash(_("The draft was saved with what somebody else entered meanwhile."), "success")
        return redirect(url_for(".edit", pk=draft.id), 303)
    version, token = draft.row_version, form.form_token_.data
    posted = form_data(values, version=version, base=theirs, token=token)
    again = _form_class(actor)(formdata=posted)
    lines = lines_of(base, mine, theirs)
    return _entry_page(again, title, draft=draft, conflict=lines), 409


def _submitted(form: EntryForm, actor: Actor, send: Send, title: str, **shown: Any) -> Page:
    """Submit once, or show again everything that was typed with what is in the way."""

    def save() -> str:
        confirmed = (form.warned_.data or "").split(",") if form.confirmed_.data else ()
        stored = send(typed_values(form), tuple(confirmed))
        return url_for(".show", pk=stored.id)

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
    draft: Notification | None = None,
    former: Notification | None = None,
    relative: Notification | None = None,
    asked: Unconfirmed | None = None,
    conflict: tuple[ConflictLine, ...] = (),
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
        beside=panel_beside(draft),
        draft=draft,
        former=former,
        conflict=conflict,
        relative=relative,
        trail=(_list_crumb(), Crumb(title)),
        cancel_url=url_for(".show", pk=former.id) if former else url_for(".list"),
        discard_url=url_for(".discard", pk=draft.id) if draft else None,
        autosave_url=None if former else _autosave_url(draft),
        today=clock.today().isoformat(),
    )


def _autosave_url(draft: Notification | None) -> str:
    return url_for(".autosave") if draft is None else url_for(".autosave_draft", pk=draft.id)


def _list_crumb() -> Crumb:
    return Crumb(_("Notifications"), url_for("NotificationView.list"))


def _draft_row(draft: Notification, made: type[EntryForm]) -> dict[str, Any]:
    form = made(formdata=MultiDict(draft.draft or {}), meta={"csrf": False})
    values = completed(typed_values(form))
    names = dict.fromkeys(asked_at(item.name) for item in missing(values))
    return {
        "name": (form["name"].raw_text() or form["kana"].raw_text() or _("(no name yet)"))[:60],
        "url": url_for("NotificationView.edit", pk=draft.id),
        "created_at": format_instant(draft.created_at),
        "days": max(0, (clock.today() - clock.in_japan(draft.created_at).date()).days),
        "missing": [str(label_of_line(name)) for name in names],
    }
