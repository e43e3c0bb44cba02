"""What a column of a table can fill: the declared items, as files write them. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from app.core.items import Item, Privacy, items_of
from app.core.labels import CodeList, Label


@dataclass(frozen=True, slots=True)
class Target:
    """An item that a column can fill.

    ``kind`` is the kind of the item, with ``phone``, ``kana`` and ``postal_code`` told apart from
    ``text`` because files write them in ways of their own; ``gathers`` is true for free text that
    several columns may fill together. ``group`` is the heading under which it is offered.
    """

    name: str
    label: Label
    aliases: tuple[str, ...] = ()
    kind: str = "text"
    codes: CodeList | None = None
    required: bool = False
    max_length: int | None = None
    minimum: float | None = None
    maximum: float | None = None
    gathers: bool = False
    group: Label | None = None

    @classmethod
    def of(
        cls,
        item: Item,
        *,
        name: str | None = None,
        required: bool = False,
        group: Label | None = None,
    ) -> "Target":
        """The target a declared item makes; ``name`` where it stands under another one."""
        return cls(
            name=name or item.name,
            label=item.label,
            aliases=item.aliases,
            kind=_kind_of(item),
            codes=item.codes,
            required=required,
            max_length=item.max_length,
            minimum=item.minimum,
            maximum=item.maximum,
            gathers=item.kind == "long_text",
            group=group or item.section.label,
        )


def targets_of(
    model: type[Any],
    *,
    prefix: str = "",
    group: Label | None = None,
    required: Iterable[str] = (),
    without: Iterable[str] = (),
) -> tuple[Target, ...]:
    """Targets for the editable items of a model, named ``<prefix>.<item>`` with a prefix."""
    needed, left_out = frozenset(required), frozenset(without)
    return tuple(
        Target.of(
            one,
            name=f"{prefix}.{one.name}" if prefix else one.name,
            required=one.name in needed,
            group=group,
        )
        for one in items_of(model)
        if one.editable and one.name not in left_out
    )


def _kind_of(item: Item) -> str:
    if item.kind != "text":
        return item.kind
    if item.privacy is Privacy.TELEPHONE or item.name.endswith("phone"):
        return "phone"
    if item.name.endswith("kana"):
        return "kana"
    return "postal_code" if item.name == "postal_code" else "text"
