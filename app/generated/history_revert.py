"""Putting one item back to what it was, with a reason, through the ordinary save."""

from collections.abc import Iterable
from typing import Any

from flask import flash, render_template, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from app.audit.causes import REVERTED
from app.audit.history import because, plain, subject_of
from app.audit.models import HistoryEntry
from app.audit.reads import looking_through
from app.core.db import db
from app.core.errors import DomainError, InvalidState, NotVisible
from app.core.fields import LongTextField, Required
from app.core.forms import ItemForm
from app.core.items import Item, items_of
from app.core.pages import Crumb
from app.core.transaction import transaction
from app.generated.arguments import only_known, record_key
from app.generated.editing import EditingMixin
from app.generated.history_rows import entries_about
from app.generated.history_words import stored_value, texts_of
from app.generated.hooks import HISTORY, may, signed_in
from app.generated.refusals import show_problem
from app.generated.registry import VIEWS
from app.security.actor import Actor

REASON_LENGTH = 300


class RevertForm(ItemForm):
    """Why the item is put back."""

    reason = LongTextField(_l("Reason"), [Required()], max_length=REASON_LENGTH)


class RevertMixin(EditingMixin):
    """The door that puts one item back."""

    @expose("/history/<pk>/revert/<entry>/<name>", methods=["GET", "POST"])
    @has_access
    @permission_name("revert")
    def revert(self, pk: str, entry: str, name: str) -> Response | str | tuple[str, int]:
        """Asks for the reason; refuses where the item was changed again since."""
        actor = signed_in()
        only_known(request.args, {"parked"})
        record = self.record_to_change(pk, actor)
        change = _change_or_404(record, record_key(entry), actor)
        item = next((i for i in self.revertible(actor) if i.name == name), None)
        if item is None or not _is_pair(change, name):
            raise NotVisible(_l("There is no such record."))
        form = RevertForm()
        if request.method == "POST" and form.validate():
            try:
                self._put_back(record, change, item, form.reason.data or "", actor)
            except StaleDataError:
                db.session.rollback()
                form.form_errors.append(_("Somebody else changed this record just now."))
            except (DomainError, IntegrityError) as error:
                show_problem(form, error)
            else:
                flash(_("The item was put back."), "success")
                return redirect(url_for(f"{self.endpoint}.history", pk=pk), 303)
            record = self.record_or_404(pk)
            change = _change_or_404(record, record_key(entry), actor)
        if request.method == "GET":
            with looking_through("history"):
                self.looked_at(record, actor)
        refused = request.method == "GET" and _changed_since(record, change, item)
        (text,) = texts_of([change], actor, own_type=change.record_type)
        line = next(line.text for line in text.lines if line.name == name)
        page = render_template(
            "generated/history_revert.html",
            title=_("Put back: %(item)s", item=item.label),
            header=self.header_for(record),
            entry=text,
            line=line,
            refused=str(CHANGED_SINCE) if refused else "",
            form=form,
            cancel_url=url_for(f"{self.endpoint}.history", pk=pk),
            trail=self._history_crumbs(record, Crumb(_("Put back"))),
        )
        return page, 422 if request.method == "POST" else 200

    def revertible(self, actor: Actor) -> tuple[Item, ...]:
        """The items the actor may put back: those of the form that are the actor's to write."""
        if not may("edit", self.class_permission_name):
            return ()
        names = set(self.form_names(actor))
        return tuple(item for item in items_of(self.model) if item.name in names)

    def _put_back(
        self, record: Any, change: HistoryEntry, item: Item, reason: str, actor: Actor
    ) -> None:
        if _changed_since(record, change, item):
            raise InvalidState(CHANGED_SINCE)
        before, _after = change.changes[item.name]
        with because(REVERTED(reason.strip())), transaction():
            setattr(record, item.name, stored_value(item, before))
            self.refuse_contradictions(record)
            self.save_changes(record, actor)

    def _history_crumbs(self, record: Any, *rest: Crumb) -> tuple[Crumb, ...]:
        shown = Crumb(self.title_of(record), self.url_of(record))
        url = url_for(f"{self.endpoint}.history", pk=record.id) if rest else None
        return (*self.crumbs_for(record), shown, Crumb(str(HISTORY), url), *rest)


CHANGED_SINCE = _l(
    "This item was changed again since. Only the latest change of an item can be put back."
)


def revert_urls(entries: Iterable[HistoryEntry], actor: Actor) -> dict[tuple[int, str], str]:
    """Where the items of these entries (newest first) can be put back, for the latest of each."""
    urls: dict[tuple[int, str], str] = {}
    seen: set[tuple[str, int, str]] = set()
    for entry in entries:
        view = VIEWS.get(entry.record_type)
        if view is None or not may("revert", entry.record_type):
            continue
        for item in view.revertible(actor):
            place = (entry.record_type, entry.record_id, item.name)
            if item.name not in entry.changes or place in seen:
                continue
            seen.add(place)
            if _is_pair(entry, item.name):
                urls[entry.id, item.name] = url_for(
                    f"{view.endpoint}.revert", pk=entry.record_id, entry=entry.id, name=item.name
                )
    return urls


def _change_or_404(record: Any, key: int, actor: Actor) -> HistoryEntry:
    subject = subject_of(type(record))
    found = entries_about(record, actor).where(HistoryEntry.id == key)
    entry = db.session.scalars(found).one_or_none()
    mine = (subject.record_type, record.id) if subject else None
    if entry is None or (entry.record_type, entry.record_id) != mine:
        raise NotVisible(_l("There is no such record."))
    return entry


def _is_pair(entry: HistoryEntry, name: str) -> bool:
    """True for a change whose values are still there."""
    return entry.action == "changed" and entry.changes.get(name) is not None


def _changed_since(record: Any, change: HistoryEntry, item: Item) -> bool:
    _before, after = change.changes[item.name]
    return plain(getattr(record, item.name)) != after
