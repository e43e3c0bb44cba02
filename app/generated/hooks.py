"""What a feature says about its screens: names of items, verbs, headings, addresses."""

from collections.abc import Collection, Sequence
from typing import Any, ClassVar

from flask import url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, inspect, select
from sqlalchemy.orm import InstrumentedAttribute

from app.audit.history import subject_of
from app.core import forms
from app.core.db import db
from app.core.errors import NotAllowed, NotVisible
from app.core.items import Stage
from app.core.labels import Label
from app.core.pages import Action, Crumb, FormSection, PersonHeader
from app.generated.arguments import record_key
from app.generated.extensions import AnyTab, ComputedColumn, added_columns, with_added_tabs
from app.generated.listing import Order
from app.generated.paths import ItemPath, loading, path_of
from app.generated.searching import Search, SearchBy
from app.generated.showing import PageTab
from app.security.actor import Actor, current_actor
from app.security.fields import may_read
from app.security.rights import holds

HISTORY = Label("履歴", "History")


def signed_in() -> Actor:
    """The actor of this request. Raises NotAllowed when nobody is signed in."""
    actor = current_actor()
    if actor is None:
        raise NotAllowed(_l("Please sign in."))
    return actor


def may(action: str, resource: str) -> bool:
    """True when the signed-in role holds ``resource:action``; pages hide what it lacks."""
    return holds(current_actor(), action, resource)


class ViewHooks:
    """The part of a generated view that features fill in or override."""

    title_label: ClassVar[Label]
    record_label: ClassVar[Label | None] = None
    """What one record is called in the heading of its form; without it, ``title_label``."""
    list_items: ClassVar[tuple[str, ...]] = ()
    show_items: ClassVar[tuple[str, ...]] = ()
    form_items: tuple[str, ...] = ()
    search_items: ClassVar[tuple[SearchBy, ...]] = ()
    sort_items: ClassVar[tuple[str, ...]] = ()
    under_items: ClassVar[tuple[str, ...]] = ()
    """Columns of the list as a tab of another record; without any, ``list_items``."""
    computed_columns: ClassVar[tuple[ComputedColumn, ...]] = ()
    tabs: ClassVar[tuple[AnyTab, ...]] = ()
    preset_items: ClassVar[tuple[str, ...]] = ()
    """Foreign keys an add form takes from its address: the record it belongs to."""
    can_add_alone: ClassVar[bool] = True
    """False for records that are only ever added under another one."""
    empty_hint: ClassVar[object] = ""

    endpoint: str
    class_permission_name: str
    model: type[Any]
    page_size: int
    listed: tuple[ItemPath, ...]
    listed_under: tuple[ItemPath, ...]
    shown: tuple[ItemPath, ...]
    search: Search

    # -- what is listed and shown -------------------------------------------------------------

    def list_statement(self, actor: Actor) -> tuple[Select[Any], Any]:
        """The rows of the list and the key they are paged by."""
        return select(self.model), self.key

    def under_statement(self, actor: Actor) -> tuple[Select[Any], Any]:
        """The same for the list as a tab of another record, before it is narrowed to that."""
        return self.list_statement(actor)

    def found_statement(self, actor: Actor) -> tuple[Select[Any], Any]:
        """The rows of the list when a number or a name is looked up, which has its own index."""
        return self.list_statement(actor)

    def header_for(self, record: Any) -> PersonHeader | None:
        """The person header above the record's pages."""
        return None

    def looked_at(self, record: Any, actor: Actor) -> None:
        """Note that the record was opened; records about people do."""

    lists_names: ClassVar[bool] = False
    """True for lists whose rows name people: each page of them is a look at all of them."""

    def people_of(self, records: Sequence[Any]) -> Collection[int]:
        """The keys of the people the rows of a page are about."""
        return ()

    def may_change(self, record: Any, actor: Actor) -> bool:
        """True when the actor may edit or delete this record, beyond the right to the door."""
        return True

    def stage_of(self, record: Any) -> Stage | None:
        """How far the record has come: ◎ items up to this stage are due."""
        return None

    def title_of(self, record: Any) -> str:
        """What the record is called in headings and breadcrumbs."""
        return str(record)

    def show_actions(self, record: Any) -> tuple[Action, ...]:
        """Buttons of the show page besides edit."""
        return ()

    def list_actions(self) -> tuple[Action, ...]:
        """Buttons of the list page besides add."""
        return ()

    def crumbs_for(self, record: Any) -> tuple[Crumb, ...]:
        """Where the record stands; children name their case before their own list."""
        return (Crumb(str(self.title_label), url_for(f"{self.endpoint}.list")),)

    def columns_computed(self, *, under: bool = False) -> tuple[ComputedColumn, ...]:
        """Columns beside the listed items, the view's own and those added to it; ``under``
        another record the list may do with fewer."""
        return (*self.computed_columns, *added_columns(type(self)))

    # -- what is saved ------------------------------------------------------------------------

    def new_values(self, presets: dict[str, Any], by: Actor) -> dict[str, Any]:
        """What the form of a new record already holds, by item."""
        return {}

    def form_sections(self, form: Any) -> tuple[FormSection, ...]:
        """The form's cards; a feature may fold those that are rarely needed."""
        return forms.sections(form, self.model)

    def save_new(self, record: Any, by: Actor) -> Any:
        """Store a new record; a feature calls its domain verb. Returns what was stored."""
        db.session.add(record)
        db.session.flush()
        return record

    def save_changes(self, record: Any, by: Actor) -> None:
        """Store changes; a feature calls its domain verb."""
        db.session.flush()

    def problems_with(self, record: Any) -> dict[str, list[object]]:
        """Contradictions between the record's items, by item; rules of the feature."""
        return {}

    def url_of(self, record: Any) -> str:
        """Where the record is shown."""
        return url_for(f"{self.endpoint}.show", pk=record.id)

    def url_after_save(self, record: Any) -> str:
        """Where to go when the record is saved."""
        return self.url_of(record)

    def url_after_delete(self, record: Any) -> str:
        """Where to go when the record is gone."""
        return url_for(f"{self.endpoint}.list")

    # -- parts --------------------------------------------------------------------------------

    @property
    def key(self) -> InstrumentedAttribute[Any]:
        """The primary key column."""
        column = inspect(self.model).primary_key[0]
        attribute: InstrumentedAttribute[Any] = getattr(self.model, column.name)
        return attribute

    def record_or_404(self, pk: str) -> Any:
        """The record with everything its pages show, in one statement.

        Raises:
            NotVisible: it does not exist for this actor.
        """
        statement = select(self.model).where(self.key == record_key(pk))
        found = db.session.scalars(statement.options(*loading(self.model, self.shown))).unique()
        record = found.one_or_none()
        if record is None:
            raise NotVisible(_l("There is no such record."))
        return record

    def order(self, sort: str | None, direction: str | None, key: Any) -> Order:
        """The order asked for; without one, newest first."""
        path = path_of(self.model, sort) if sort else None
        return Order(path, direction != "asc", key)

    def order_under(self, key: Any) -> Order:
        """The order of the list as a tab of another record."""
        return self.order(None, None, key)

    def visible_tabs(self) -> tuple[AnyTab, ...]:
        """The tabs this role may open, those of higher packages included."""
        tabs = with_added_tabs(type(self), self.tabs)
        if subject_of(self.model) is not None:
            tabs = (*tabs, self._history_tab())
        return tuple(tab for tab in tabs if may(tab.action, tab.resource))

    def _history_tab(self) -> PageTab:
        def address(record: Any) -> str:
            return url_for(f"{self.endpoint}.history", pk=record.id)

        return PageTab("history", HISTORY, self.class_permission_name, "history", address)

    def readable(self, paths: Sequence[ItemPath], actor: Actor) -> tuple[ItemPath, ...]:
        """The paths whose items the actor's role reads."""
        return tuple(path for path in paths if may_read(path.item, actor))
