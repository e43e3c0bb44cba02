"""Where the choices of reference items come from: model name → how to look a record up."""

from collections.abc import Mapping
from typing import Any

from app.core.fields import ReferenceSource
from app.core.items import Item, item_of

_sources: dict[str, ReferenceSource] = {}


def reference_source(model_name: str, source: ReferenceSource) -> None:
    """Say how items that refer to ``model_name`` are chosen and read back."""
    _sources[model_name] = source


def source_of(item: Item) -> ReferenceSource:
    """The source of a reference item. Raises KeyError when nobody registered one."""
    return _sources[item.reference or ""]


def sources_of(model: type[Any], names: tuple[str, ...]) -> Mapping[str, ReferenceSource]:
    """The sources of the reference items among ``names``, by item name."""
    items = (item_of(model, name) for name in names)
    return {item.name: source_of(item) for item in items if item.kind == "reference"}
