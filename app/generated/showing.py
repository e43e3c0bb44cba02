"""A record as cards of labelled values, and the tabs of what belongs to it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal, select
from sqlalchemy.orm import InstrumentedAttribute

from app.core.db import db
from app.core.items import Item, Stage
from app.core.labels import Label
from app.core.pages import Card, Field
from app.generated.cells import cell_of
from app.generated.paths import ItemPath

COUNT_LIMIT = 999


@dataclass(frozen=True)
class RelatedTab:
    """A list of records that belong to the one shown.

    ``resource`` names the generated view that draws the list; ``foreign_key`` is the column of
    the related model that points here. Where a third model stands between, ``foreign_key`` is
    that model's, and ``through`` its column that points at the listed record.
    """

    key: str
    label: Label
    resource: str
    foreign_key: InstrumentedAttribute[Any]
    through: InstrumentedAttribute[Any] | None = None

    action = "list"

    def condition(self, parent: int, own_key: Any) -> ColumnElement[bool]:
        """The listed records belong to the record with the key ``parent``."""
        mine: ColumnElement[bool] = self.foreign_key == parent
        if self.through is None:
            return mine
        belongs: ColumnElement[bool] = own_key.in_(select(self.through).where(mine))
        return belongs

    def rows(self, parent: int) -> Select[Any]:
        """One row per listed record, to be counted."""
        if self.through is not None:
            return select(self.through).where(self.foreign_key == parent).distinct()
        rows = select(literal(1)).where(self.foreign_key == parent)
        return rows.select_from(self.foreign_key.class_)


@dataclass(frozen=True)
class PageTab:
    """A page of its own that stands among the tabs of a record (a graph, a board)."""

    key: str
    label: Label
    resource: str
    action: str
    url: Callable[[Any], str]


def cards_of(
    record: Any, paths: Iterable[ItemPath], reached: Stage | None = None
) -> tuple[Card, ...]:
    """One card per section, in the order of the official form.

    A ◎ item of a stage the record has ``reached`` says so when it is empty. A section the
    reader may not see at all is left out; single hidden items are shown as hidden.
    """
    by_section: dict[Any, list[Field]] = {}
    for path in paths:
        shown = Field(
            name=path.parameter,
            label=str(path.item.label),
            cell=cell_of(path, record),
            mark=path.item.mark,
            missing=_is_due(path.item, reached) and path.value(record) in (None, ""),
            wide=path.item.kind in {"long_text", "codes"},
        )
        by_section.setdefault(path.item.section, []).append(shown)
    ordered = sorted(by_section.items(), key=lambda pair: pair[0].order)
    return tuple(
        Card(section.key, str(section.label), tuple(fields))
        for section, fields in ordered
        if not all(one.cell.masked for one in fields)
    )


def _is_due(item: Item, reached: Stage | None) -> bool:
    stages = list(Stage)
    return (
        item.required is not None
        and reached is not None
        and stages.index(item.required) <= stages.index(reached)
    )


def related_counts(tabs: Sequence[RelatedTab], key: int) -> dict[str, int]:
    """How many related records each tab holds for this actor, capped, in one statement."""
    if not tabs:
        return {}
    columns = []
    for tab in tabs:
        rows = tab.rows(key).limit(COUNT_LIMIT + 1)
        counted = select(func.count()).select_from(rows.subquery())
        columns.append(counted.scalar_subquery().label(tab.key))
    found = db.session.execute(select(*columns)).mappings().one()
    return {tab.key: int(found[tab.key]) for tab in tabs}
