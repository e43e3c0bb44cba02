"""Puts a list page together: search, order, one slice of rows, cells, pager, buttons."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any, Literal, TypeVar
from urllib.parse import urlencode

from flask import current_app, request, url_for
from flask_babel import gettext as _
from sqlalchemy import Select
from werkzeug.datastructures import MultiDict

from app.audit.reads import record_list
from app.core.items import Privacy
from app.core.pages import Action, Cell, Column, Crumb, FilterChip, ListPage, Pager, Row
from app.generated.arguments import one_of, read_cursor
from app.generated.cells import cell_of
from app.generated.hooks import may
from app.generated.listing import Order, Slice, capped_count, fetch
from app.generated.paths import ItemPath
from app.generated.searching import Search
from app.security.actor import Actor
from app.security.fields import may_read
from app.security.roles import role_of

if TYPE_CHECKING:
    from app.generated.extensions import ComputedColumn
    from app.generated.showing import RelatedTab
    from app.generated.views import GeneratedView

T = TypeVar("T")


def names_a_person(search: Search, arguments: MultiDict[str, str]) -> bool:
    """True when a condition that identifies somebody was filled in."""
    personal = search.parameters(personal=True) - search.parameters(personal=False)
    return any(arguments.get(name) for name in personal)


def posted_arguments() -> MultiDict[str, str]:
    """What a posted search asks for: its terms from the body, its place from the address."""
    dropped = request.args.get("without")
    terms = [(k, v) for k, v in request.form.items() if k not in {"csrf_token", dropped}]
    return MultiDict([*terms, *((k, v) for k, v in request.args.items() if k != "without")])


def build(view: GeneratedView, arguments: MultiDict[str, str], actor: Actor) -> ListPage:
    """The page of the list that ``arguments`` ask for: two statements, whatever its size."""
    form = view.search.form(arguments, lambda item: may_read(item, actor))
    selective = view.search.is_selective(form)
    statement, key = view.found_statement(actor) if selective else view.list_statement(actor)
    order = _order(view, arguments, key)
    statement, words = view.search.apply(statement, form)
    listed = view.readable(view.listed, actor)
    rows = _slice(view, listed, statement, order, arguments)
    count, capped = count_of(rows, statement)
    posted = request.method == "POST"
    _record_names(view, rows.records, words, actor)
    kept = {name: arguments.get(name) or str(form[name].data) for name in words}
    kept |= _sorting(arguments)
    here = url_for(f"{view.endpoint}.list")
    return ListPage(
        title=str(view.title_label),
        columns=_placed(
            [_column(view, path, order, kept, posted) for path in listed],
            view.columns_computed(),
            [_computed(column) for column in view.columns_computed()],
        ),
        rows=_rows(view, rows.records, listed, view.columns_computed()),
        pager=pager(here, rows, kept, count, capped, posted),
        search_form=form if view.search.conditions else None,
        search_url=here,
        chips=tuple(chip(here, name, text, kept, posted) for name, text in words.items()),
        actions=_actions(view, kept if not posted else {}),
        bulk_actions=_bulk_actions(view),
        empty=str(view.empty_hint) or _("Nothing here yet."),
        crumbs=(Crumb(str(view.title_label)),),
    )


def related(
    view: GeneratedView, tab: RelatedTab, parent: Any, actor: Actor
) -> tuple[ListPage, Collection[int]]:
    """The list of records that belong to ``parent``, as its tab shows it, and whom it names."""
    statement, key = view.under_statement(actor)
    statement = statement.where(tab.condition(parent.id, key))
    order = view.order_under(key)
    listed = view.readable(view.listed_under, actor)
    rows = _slice(view, listed, statement, order, request.args)
    count, capped = count_of(rows, statement)
    here = request.path
    actions: tuple[Action, ...] = ()
    if tab.foreign_key.key in view.preset_items and may("add", view.class_permission_name):
        preset = {tab.foreign_key.key: parent.id}
        add_url = url_for(f"{view.endpoint}.add", **preset)
        actions = (Action(_("Add"), add_url, style="primary", icon="add"),)
    page = ListPage(
        title=str(tab.label),
        columns=_placed(
            [Column(p.parameter, str(p.item.label), p.item.kind) for p in listed],
            view.columns_computed(under=True),
            [_computed(column) for column in view.columns_computed(under=True)],
        ),
        rows=_rows(view, rows.records, listed, view.columns_computed(under=True)),
        pager=pager(here, rows, {"tab": tab.key}, count, capped, posted=False),
        search_form=None,
        search_url=here,
        actions=actions,
        empty=str(view.empty_hint) or _("Nothing here yet."),
    )
    return page, people_shown(view, rows.records, actor)


def people_shown(view: GeneratedView, records: Sequence[Any], actor: Actor) -> Collection[int]:
    """Whose names stand on a page of the list, for this reader."""
    names = Privacy.NAME in role_of(actor.role).reads
    return view.people_of(records) if names and view.lists_names and records else ()


def _record_names(
    view: GeneratedView, records: Sequence[Any], words: dict[str, Any], actor: Actor
) -> None:
    """A page of names is a look at all of them; a search by name is one even if it finds nobody.

    Kept are the names of the conditions, never what was typed.
    """
    people = people_shown(view, records, actor)
    searched = request.method == "POST"
    if people or searched:
        door = f"{view.class_permission_name}.{'search' if searched else 'list'}"
        filters = {"conditions": sorted(words)} if words else None
        record_list(actor, door=door, people=people, filters=filters)


def count_of(rows: Slice, statement: Select[Any]) -> tuple[int, bool]:
    """How many records there are, up to the limit; a list on one page is counted already."""
    if not rows.has_cursor and rows.next is None:
        return len(rows.records), False
    return capped_count(statement, current_app.config["COUNT_LIMIT"])


def _order(view: GeneratedView, arguments: MultiDict[str, str], key: Any) -> Order:
    sort = one_of(arguments, "sort", view.sort_items)
    return view.order(sort, one_of(arguments, "direction", ("asc", "desc")), key)


def _slice(
    view: GeneratedView,
    listed: tuple[ItemPath, ...],
    statement: Select[Any],
    order: Order,
    arguments: MultiDict[str, str],
) -> Slice:
    cursor = read_cursor(arguments, order.name, order.python_type)
    return fetch(
        statement,
        view.model,
        listed,
        order,
        cursor,
        view.page_size,
        key_of=lambda record: int(record.id),
    )


def _sorting(arguments: MultiDict[str, str]) -> dict[str, str]:
    return {name: arguments[name] for name in ("sort", "direction") if arguments.get(name)}


def _column(
    view: GeneratedView, path: ItemPath, order: Order, kept: dict[str, str], posted: bool
) -> Column:
    current = order.path is not None and order.path.name == path.name
    direction: Literal["asc", "desc"] | None = None
    if current:
        direction = "desc" if order.descending else "asc"
    url = None
    if path.name in view.sort_items:
        turned = "asc" if direction == "desc" else "desc"
        terms: dict[str, Any] = {} if posted else dict(kept)
        url = url_for(f"{view.endpoint}.list", **(terms | {"sort": path.name, "direction": turned}))
    return Column(path.parameter, str(path.item.label), path.item.kind, url, direction)


def _computed(column: ComputedColumn) -> Column:
    return Column(column.name, str(column.label), column.kind)


def _placed(
    listed: list[T], columns: Sequence[ComputedColumn], computed: Sequence[T]
) -> tuple[T, ...]:
    """The listed things with the computed ones in their places."""
    together = list(listed)
    for column, thing in zip(columns, computed, strict=True):
        together.insert(len(together) if column.after is None else column.after, thing)
    return tuple(together)


def _rows(
    view: GeneratedView,
    records: Sequence[Any],
    listed: tuple[ItemPath, ...],
    columns: Sequence[ComputedColumn],
) -> tuple[Row, ...]:
    found = [column.cells(records) for column in columns] if records else []
    opens = may("show", view.class_permission_name)
    rows = []
    for record in records:
        cells = [cell_of(path, record) for path in listed]
        computed = [cells_of.get(record.id, Cell()) for cells_of in found]
        url = view.url_of(record) if opens else None
        rows.append(Row(str(record.id), url, _placed(cells, columns, computed)))
    return tuple(rows)


def pager(
    here: str, rows: Slice, kept: dict[str, str], count: int, capped: bool, posted: bool
) -> Pager:
    """The pager of a list at ``here`` whose conditions in force are ``kept``."""
    # The terms of a posted search stay in hidden fields; only the place goes in the address.
    terms = {} if posted else kept
    places = {name: kept[name] for name in ("sort", "direction") if name in kept}

    def address(**cursor: str | None) -> str | None:
        if None in cursor.values():
            return None
        query = {k: v for k, v in (terms | places | cursor).items() if v is not None}
        return f"{here}?{urlencode(query)}" if query else here

    return Pager(
        first_url=address() if rows.previous else None,
        previous_url=address(before=rows.previous),
        next_url=address(after=rows.next),
        count=count,
        capped=capped,
        posted=posted,
        fields=tuple((k, v) for k, v in kept.items() if k not in places) if posted else (),
    )


def chip(
    here: str, name: str, words: tuple[str, str], kept: dict[str, str], posted: bool
) -> FilterChip:
    """A condition in force with the address of the list without it."""
    if posted:
        return FilterChip(*words, f"{here}?{urlencode({'without': name})}")
    rest = {k: v for k, v in kept.items() if k != name}
    return FilterChip(*words, f"{here}?{urlencode(rest)}" if rest else here)


def _actions(view: GeneratedView, filters: dict[str, Any]) -> tuple[Action, ...]:
    actions = list(view.list_actions())
    resource = view.class_permission_name
    if may("export", resource):
        conditions: dict[str, Any] = {
            k: v for k, v in filters.items() if k not in {"sort", "direction"}
        }
        url = url_for("ExportView.ask", resource=resource, **conditions)
        actions.append(Action(_("Excel"), url, "post", icon="download"))
    if view.can_add_alone and may("add", view.class_permission_name):
        url = url_for(f"{view.endpoint}.add")
        actions.append(Action(_("Add"), url, style="primary", icon="add"))
    return tuple(actions)


def _bulk_actions(view: GeneratedView) -> tuple[Action, ...]:
    return tuple(
        Action(
            str(action.text),
            url_for(f"{view.endpoint}.action_post", name=name),
            "post",
            confirm=str(action.confirmation or "") or None,
        )
        for name, action in view.actions.items()
        if action.multiple and may(name, view.class_permission_name)
    )
