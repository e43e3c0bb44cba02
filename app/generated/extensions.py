"""What higher packages add to the screens of lower ones: tabs, buttons and computed columns.

A case knows nothing of observations or contacts; those packages say here what stands on its
screen. Each is registered once, when the adding package's views are imported.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.core.labels import Label
from app.core.pages import Action, Cell
from app.generated.showing import PageTab, RelatedTab

ShowAction = Callable[[Any], Action | None]
AnyTab = RelatedTab | PageTab


@dataclass(frozen=True)
class ComputedColumn:
    """A column of a list that no single item gives (days left, latest alert).

    ``cells`` gets the records of one page and answers by primary key, in a statement or two
    whatever the size of the page.
    """

    name: str
    label: Label
    cells: Callable[[Sequence[Any]], Mapping[int, Cell]]
    kind: str = "text"
    after: int | None = None
    """Behind how many of the listed items it stands; None: at the end."""


_tabs: dict[type[Any], list[tuple[AnyTab, str | None]]] = {}
_actions: dict[type[Any], list[ShowAction]] = {}
_columns: dict[type[Any], list[ComputedColumn]] = {}


def add_tab(view: type[Any], tab: AnyTab, *, before: str | None = None) -> None:
    """Put a tab under the records of ``view``, before its tab of that key or at the end."""
    _tabs.setdefault(view, []).append((tab, before))


def add_show_action(view: type[Any], make: ShowAction) -> None:
    """Put a button on the show page; ``make(record)`` gives None where there is none."""
    _actions.setdefault(view, []).append(make)


def add_column(view: type[Any], column: ComputedColumn) -> None:
    """Put a computed column at the end of the list of ``view``."""
    _columns.setdefault(view, []).append(column)


def with_added_tabs(view: type[Any], own: Sequence[AnyTab]) -> tuple[AnyTab, ...]:
    """The view's own tabs and those added to it, in their places."""
    tabs = list(own)
    for tab, before in _tabs.get(view, ()):
        places = [index for index, other in enumerate(tabs) if other.key == before]
        tabs.insert(places[0] if places else len(tabs), tab)
    return tuple(tabs)


def added_actions(view: type[Any], record: Any) -> tuple[Action, ...]:
    """The buttons added to a record's page."""
    made = (make(record) for make in _actions.get(view, ()))
    return tuple(action for action in made if action is not None)


def added_columns(view: type[Any]) -> tuple[ComputedColumn, ...]:
    """The columns added to a list."""
    return tuple(_columns.get(view, ()))
