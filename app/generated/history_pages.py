"""履歴 of a record: the page, and the same for paper with what proves it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from flask import current_app, render_template, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from sqlalchemy import Select, func
from werkzeug.wrappers import Response

from app.audit.causes import names_of_people
from app.audit.history import subject_of
from app.audit.models import HistoryEntry
from app.audit.proofs import Proof, proof_of
from app.audit.reads import looking_through
from app.core import clock
from app.core.dates import format_instant
from app.core.db import db
from app.core.pages import Action, Crumb, FilterChip, Pager, Tab
from app.generated import listpages
from app.generated.arguments import only_known, read_cursor
from app.generated.history_filter import FILTERS, HistoryFilter, Narrowing, filter_form, narrowed
from app.generated.history_revert import RevertMixin, revert_urls
from app.generated.history_rows import entries_about
from app.generated.history_words import EntryText, people_in, texts_of
from app.generated.hooks import signed_in
from app.generated.listing import Order, fetch
from app.security.actor import Actor
from app.security.roles import role_of

PRINT_LIMIT = 2_000
"""Entries on one printed history; a longer one is narrowed by day first."""


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """Everything ``generated/history.html`` shows. ``reverts``: (entry, item) → address."""

    title: str
    entries: tuple[EntryText, ...]
    reverts: dict[tuple[int, str], str]
    pager: Pager
    form: HistoryFilter
    here: str
    chips: tuple[FilterChip, ...]
    header: Any
    tabs: Any
    actions: tuple[Action, ...]
    crumbs: tuple[Crumb, ...]
    only_own: bool


@dataclass(frozen=True, slots=True)
class PrintedHistory:
    """Everything ``generated/history_print.html`` shows, oldest entry first."""

    title: str
    record: str
    entries: tuple[EntryText, ...]
    words: tuple[tuple[str, str], ...]
    printed_by: str
    printed_at: str
    proof: Proof
    cut: bool
    header: Any
    crumbs: tuple[Crumb, ...]
    only_own: bool


class HistoryMixin(RevertMixin):
    """The history doors of a generated view whose model keeps one."""

    if TYPE_CHECKING:

        def tabs_of(self, record: Any, active: str) -> tuple[Tab, ...]:
            """The view's own tabs."""

    @expose("/history/<pk>", methods=["GET"])
    @has_access
    @permission_name("history")
    def history(self, pk: str) -> Response | str | tuple[str, int]:
        """Who changed what from what to what, newest first."""
        actor = signed_in()
        only_known(request.args, {*FILTERS, "after", "before"})
        record = self.record_or_404(pk)
        every = entries_about(record, actor)
        form, narrowing = _filter(every, actor)
        statement = narrowing.apply(every)
        order = Order(None, True, HistoryEntry.__table__.c.id)
        cursor = read_cursor(request.args, order.name, order.python_type)
        size = int(current_app.config["LIST_PAGE_SIZE"])
        rows = fetch(statement, HistoryEntry, None, order, cursor, size, lambda e: int(e.id))
        count, capped = listpages.count_of(rows, statement)
        with looking_through("history"):
            self.looked_at(record, actor)
        kept = {name: request.args[name] for name in narrowing.words}
        here = url_for(f"{self.endpoint}.history", pk=record.id)
        page = HistoryPage(
            title=_("History: %(record)s", record=self.title_of(record)),
            entries=texts_of(rows.records, actor, own_type=_kind(record)),
            reverts=revert_urls(rows.records, actor),
            pager=listpages.pager(here, rows, kept, count, capped, posted=False),
            form=form,
            here=here,
            chips=tuple(
                listpages.chip(here, n, w, kept, False) for n, w in narrowing.words.items()
            ),
            header=self.header_for(record),
            tabs=self.tabs_of(record, "history"),
            actions=(_print_action(self.endpoint, record, kept),),
            crumbs=self._history_crumbs(record),
            only_own=_only_own(actor),
        )
        text = render_template("generated/history.html", page=page, view=self)
        return text, 422 if form.errors else 200

    @expose("/history/<pk>/print", methods=["GET"])
    @has_access
    @permission_name("history")
    def history_print(self, pk: str) -> Response | str:
        """The whole of it for paper: numbered, signed for, with its verification code."""
        actor = signed_in()
        only_known(request.args, FILTERS)
        record = self.record_or_404(pk)
        every = entries_about(record, actor)
        _form, narrowing = _filter(every, actor)
        ascending = narrowing.apply(every).order_by(HistoryEntry.id).limit(PRINT_LIMIT + 1)
        entries = list(db.session.scalars(ascending))
        shown = entries[:PRINT_LIMIT]
        with looking_through("history_print"):
            self.looked_at(record, actor)
        whole = not narrowing.words and not _only_own(actor)
        page = PrintedHistory(
            title=_("Record of changes"),
            record=self.title_of(record),
            entries=texts_of(shown, actor, own_type=_kind(record)),
            words=tuple(narrowing.words.values()),
            printed_by=_reader(actor),
            printed_at=format_instant(clock.now()),
            proof=proof_of(db.session(), shown, whole=whole and len(entries) == len(shown)),
            cut=len(entries) > len(shown),
            header=self.header_for(record),
            crumbs=self._history_crumbs(record, Crumb(_("Print"))),
            only_own=_only_own(actor),
        )
        return render_template("generated/history_print.html", page=page, view=self)


def _filter(every: Select[Any], actor: Actor) -> tuple[HistoryFilter, Narrowing]:
    kind, key = HistoryEntry.record_type, HistoryEntry.user_id
    grouped = every.with_only_columns(kind, key, func.max(HistoryEntry.user_name))
    found = db.session.execute(grouped.group_by(kind, key).order_by(kind, key)).all()
    people = people_in((user_id, name) for _kind, user_id, name in found)
    kinds = dict.fromkeys(one for one, _user_id, _name in found)
    form = filter_form(request.args, kinds, people, actor)
    return form, narrowed(form)


def _reader(actor: Actor) -> str:
    called = names_of_people([] if actor.user_id is None else [actor.user_id])
    return called.get(actor.user_id or 0, actor.name)


def _kind(record: Any) -> str:
    subject = subject_of(type(record))
    return subject.record_type if subject else ""


def _only_own(actor: Actor) -> bool:
    return not actor.is_system and not role_of(actor.role).sees_all_history


def _print_action(endpoint: str, record: Any, kept: dict[str, str]) -> Action:
    url = url_for(f"{endpoint}.history_print", pk=record.id)
    return Action(_("For printing"), f"{url}?{urlencode(kept)}" if kept else url, icon="print")
