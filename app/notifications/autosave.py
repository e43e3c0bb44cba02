"""Drafts kept while somebody types: asked for by the page, answered in a few numbers."""

from dataclasses import dataclass
from typing import Any

from flask import jsonify, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response

from app.core import clock
from app.core.errors import InvalidState
from app.core.transaction import transaction
from app.generated.arguments import only_known
from app.generated.hooks import ViewHooks, signed_in
from app.generated.submissions import remember_result, result_of
from app.notifications import service
from app.notifications.choosing import disease_of_form
from app.notifications.draft_merge import base_of
from app.notifications.entry_form import raw_values
from app.notifications.layout import COVID_19
from app.notifications.models import Notification
from app.notifications.queries import draft_by_id
from app.security.actor import Actor
from app.security.bodies import FORMS, accept_long_text

# What is too long to be kept is refused in words, and the page keeps it.
for _door in ("autosave", "autosave_draft"):
    accept_long_text(f"NotificationView.{_door}", 2 * FORMS)


@dataclass(frozen=True, slots=True)
class KeptAt:
    """Where a kept draft is opened again, and where its next keeping goes."""

    edit_url: str
    save_url: str


class AutosaveDoors(ViewHooks):
    """Where the entry form sends what was typed, every few seconds and when it is left.

    The answer is JSON: ``edit_url`` and ``save_url`` of the draft, its ``row_version`` and
    ``base`` (what is kept now) for the next sending, ``saved_at`` as the clock on the wall shows it. 409 when somebody else saved
    or submitted the draft meanwhile: nothing is overwritten, what was typed stays on the page.
    """

    @expose("/autosave", methods=["POST"])
    @has_access
    @permission_name("add")
    def autosave(self) -> Response:
        """A form without a draft yet; its token finds the draft again if an answer got lost."""
        actor = signed_in()
        only_known(request.args, {"disease"})
        family = request.args.get("disease", COVID_19)
        disease_of_form(family)
        token = request.form.get("form_token_", "")
        kept = draft_of_token(token, actor)
        return _saved(kept, actor) if kept is not None else _begun(token, actor, family)

    @expose("/autosave/<pk>", methods=["POST"])
    @has_access
    @permission_name("edit")
    def autosave_draft(self, pk: str) -> Response:
        """A draft that exists, unless it was changed elsewhere since this page read it."""
        actor = signed_in()
        only_known(request.args, ())
        draft: Notification = self.record_or_404(pk)
        return keep_draft(draft, actor)


def keep_draft(draft: Notification, by: Actor, at: KeptAt | None = None) -> Response:
    """What was typed into a draft's form, kept unless the draft was changed elsewhere.

    ``at`` for whoever lends the form and has doors of its own.

    Raises:
        InvalidState: it was changed since the page read it.
    """
    if request.form.get("row_version_") != str(draft.row_version):
        raise InvalidState(_("This draft was changed in another window."))
    return _saved(draft, by, at)


def draft_token(token: str) -> str:
    """The name under which the draft of a form is remembered; never that of the form itself."""
    return f"{token[:31]}~"


def draft_of_token(token: str, by: Actor) -> Notification | None:
    """The draft that autosave made of the form with this token; None when there is none."""
    url = result_of(draft_token(token), by) if token else None
    if url is None:
        return None
    found = draft_by_id(int(url.rsplit("/", 1)[1]))
    return found if found is not None and found.state == "draft" else None


def _begun(token: str, actor: Actor, family: str) -> Response:
    with transaction():
        draft = service.save_draft(raw_values(request.form), by=actor, family=family)
        remember_result(draft_token(token), actor, url_for(".edit", pk=draft.id))
    return _answer(draft)


def _saved(draft: Notification, actor: Actor, at: KeptAt | None = None) -> Response:
    try:
        return _answer(service.save_draft(raw_values(request.form), by=actor, draft=draft), at)
    except StaleDataError:
        raise InvalidState(_("This draft was changed in another window.")) from None


def _answer(draft: Notification, at: KeptAt | None = None) -> Response:
    own = at or KeptAt(url_for(".edit", pk=draft.id), url_for(".autosave_draft", pk=draft.id))
    body: dict[str, Any] = {
        "edit_url": own.edit_url,
        "save_url": own.save_url,
        "row_version": draft.row_version,
        "base": base_of(draft.draft),
        "saved_at": clock.in_japan(clock.now()).strftime("%H:%M:%S"),
    }
    return jsonify(body)
