"""The institution's drafts: how old each is, what it lacks, and when it would be late."""

from typing import Any

from flask import flash, render_template, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from app.audit.reads import record_export
from app.core import clock
from app.core.dates import format_instant
from app.core.pages import Action, Crumb
from app.generated.arguments import only_known
from app.generated.hooks import ViewHooks, signed_in
from app.notifications import service
from app.notifications.checking import asked_at, completed, missing
from app.notifications.choosing import form_class_of
from app.notifications.deadline import deadline, due_words
from app.notifications.entry_form import label_of_line, typed_values
from app.notifications.models import Notification
from app.notifications.queries import drafts_of
from app.security.actor import Actor

Page = Response | str | tuple[str, int]


class DraftDoors(ViewHooks):
    """What was begun and not sent yet."""

    @expose("/drafts", methods=["GET"])
    @has_access
    @permission_name("add")
    def drafts(self) -> str:
        """The institution's drafts: how old each is and what it still lacks."""
        actor = signed_in()
        only_known(request.args, ())
        rows = [_draft_row(draft, actor) for draft in drafts_of(actor)]
        if rows:
            # A draft has no person yet: the page is noted with the number of names on it.
            record_export(actor, door="notification.drafts", count=len(rows))
        crumbs = (list_crumb(), Crumb(_("Drafts")))
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


def list_crumb() -> Crumb:
    """The way back to the list."""
    return Crumb(_("Notifications"), url_for("NotificationView.list"))


def _draft_row(draft: Notification, actor: Actor) -> dict[str, Any]:
    form = form_class_of(actor, draft.disease.family)(
        formdata=MultiDict(draft.draft or {}), meta={"csrf": False}
    )
    values = completed(typed_values(form))
    names = dict.fromkeys(asked_at(item.name, values) for item in missing(values))
    clock_of = deadline(draft.disease.notification_timing, values.get("diagnosed_on"))
    return {
        "name": (form["name"].raw_text() or form["kana"].raw_text() or _("(no name yet)"))[:60],
        "url": url_for("NotificationView.edit", pk=draft.id),
        "created_at": format_instant(draft.created_at),
        "days": max(0, (clock.today() - clock.in_japan(draft.created_at).date()).days),
        "disease": draft.disease.short_name,
        "due": due_words(clock_of, clock.now()) if clock_of else None,
        "missing": [str(label_of_line(name)) for name in names],
    }
