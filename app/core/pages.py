"""What the generated templates are given: plain values, already scoped, masked and worded.

Templates decide how things look, never who may see them.
"""

from dataclasses import dataclass, field
from typing import Any, Literal

from markupsafe import Markup


@dataclass(frozen=True, slots=True)
class Cell:
    """One value on a page.

    ``tone`` colours a status (``neutral`` ``info`` ``success`` ``warning`` ``danger``) and is
    always accompanied by an icon and the word. ``masked`` means "there may be a value, but
    not for you": shown as a lock with 非表示, which is not the same as an empty cell.
    """

    text: str = ""
    kind: str = "text"
    url: str | None = None
    tone: str | None = None
    masked: bool = False
    html: Markup | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """A list column; ``sort_url`` is None when the list cannot be sorted by it."""

    name: str
    label: str
    kind: str = "text"
    sort_url: str | None = None
    direction: Literal["asc", "desc"] | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A list row. ``url`` opens the record; ``key`` is its primary key for bulk actions."""

    key: str
    url: str | None
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Pager:
    """Keyset paging. ``count`` is capped: "10,000+" when ``capped``.

    A list searched by personal terms is paged by POST (``fields`` are the hidden inputs), so
    that no name stands in an address.
    """

    first_url: str | None
    previous_url: str | None
    next_url: str | None
    count: int
    capped: bool
    posted: bool = False
    fields: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class FilterChip:
    """A filter in force, with the address of the same list without it."""

    label: str
    text: str
    remove_url: str


@dataclass(frozen=True, slots=True)
class Action:
    """A button. ``method`` ``post`` sends a form with the CSRF token; ``confirm`` is the
    question asked on a page of its own when there is no JavaScript."""

    label: str
    url: str
    method: Literal["get", "post"] = "get"
    style: Literal["primary", "secondary", "danger", "plain"] = "secondary"
    icon: str | None = None
    confirm: str | None = None


@dataclass(frozen=True, slots=True)
class Crumb:
    """A step of the breadcrumb trail; the last one has no address."""

    label: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class ListPage:
    """Everything ``generated/list.html`` shows.

    ``search_form`` is a bound WTForms form (two-column card above the table, collapsed on a
    phone) whose ``method`` is POST when it holds personal terms. ``bulk_actions`` need ticked rows.
    """

    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    pager: Pager
    search_form: Any | None
    search_url: str
    chips: tuple[FilterChip, ...] = ()
    actions: tuple[Action, ...] = ()
    bulk_actions: tuple[Action, ...] = ()
    bulk_url: str | None = None
    empty: str = ""
    crumbs: tuple[Crumb, ...] = ()


@dataclass(frozen=True, slots=True)
class Field:
    """A labelled value of the show page; ``mark`` is ◎ or empty, ``missing`` when a required
    item of a stage already reached is empty."""

    name: str
    label: str
    cell: Cell
    mark: str = ""
    missing: bool = False
    wide: bool = False

    @property
    def is_blank(self) -> bool:
        """Nothing is there and nothing is due: shown folded away."""
        return not (self.cell.text or self.cell.masked or self.cell.html or self.missing)


@dataclass(frozen=True, slots=True)
class Card:
    """A section of items."""

    key: str
    title: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Tab:
    """A related list under a record; ``count`` is capped at 1,000 ("999+")."""

    key: str
    label: str
    url: str
    count: int | None = None
    active: bool = False


@dataclass(frozen=True, slots=True)
class PersonHeader:
    """Stands on every page of a case: number, kana, name, age, status, responsible centre.

    Cells, because each may be masked. ``number_label`` names the number where it is not that
    of a case.
    """

    number: Cell
    name: Cell
    kana: Cell
    age: Cell
    sex: Cell
    status: Cell
    centre: Cell
    url: str | None = None
    number_label: str = ""


@dataclass(frozen=True, slots=True)
class ShowPage:
    """Everything ``generated/show.html`` shows: cards, or the related list of the open tab."""

    title: str
    cards: tuple[Card, ...]
    header: PersonHeader | None = None
    tabs: tuple[Tab, ...] = ()
    related: ListPage | None = None
    actions: tuple[Action, ...] = ()
    crumbs: tuple[Crumb, ...] = ()
    notice: str | None = None


@dataclass(frozen=True, slots=True)
class ConflictLine:
    """One item that two people changed: what it was, what I typed, what they saved."""

    label: str
    base: str
    mine: str
    theirs: str
    overlaps: bool


@dataclass(frozen=True, slots=True)
class FormSection:
    """A card of form fields; ``fields`` are bound WTForms fields.

    A ``folded`` card shows its title only until it is opened; it stands open when a field in
    it holds a value or an error.
    """

    key: str
    title: str
    fields: tuple[Any, ...]
    folded: bool = False
    hint: str = ""


@dataclass(frozen=True, slots=True)
class FormPage:
    """Everything ``generated/form.html`` shows. ``form`` carries csrf, row version and token."""

    title: str
    form: Any
    sections: tuple[FormSection, ...]
    cancel_url: str
    submit_label: str
    header: PersonHeader | None = None
    conflict: tuple[ConflictLine, ...] = field(default=())
    crumbs: tuple[Crumb, ...] = ()
    others: tuple[str, ...] = ()
    """Sentences about who else has this form open."""
    others_url: str | None = None
    """Where the page asks for them anew."""
    panel: Any = None
    """A question above the items: its ``template``, which finds the rest in ``panel``."""
