"""Values as words on a page."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _

from app.core.dates import format_date, format_instant
from app.core.items import Item
from app.core.pages import Cell
from app.generated.paths import ItemPath
from app.security.fields import MASKED

_links: dict[type[Any], Callable[[Any], str]] = {}


def links_to(model: type[Any], url: Callable[[Any], str]) -> None:
    """Say where a record of ``model`` is shown, so that references become links."""
    _links[model] = url


def cell_of(path: ItemPath, record: Any) -> Cell:
    """The cell that shows the item of ``record``."""
    return cell(path.item, path.value(record))


def cell(item: Item, value: Any) -> Cell:
    """The cell that shows ``value`` of ``item``; masked and empty are told apart."""
    if value is MASKED:
        return Cell(masked=True, kind=item.kind)
    if value is None or value == "":
        return Cell(kind=item.kind)
    if item.kind == "code" and item.codes is not None:
        return Cell(item.codes.label(value), "code", tone=item.codes.tones.get(value))
    return Cell(text_of(item, value), item.kind)


def text_of(item: Item, value: Any) -> str:
    """The value in the reader's language; an empty string for none."""
    if value is None:
        return ""
    if item.codes is not None:
        chosen = value if item.kind == "codes" else (value,)
        separator = "、" if item.kind == "codes" else ""
        return separator.join(item.codes.label(v) for v in chosen) or _("None apply")
    if isinstance(value, datetime):
        return format_instant(value)
    if isinstance(value, date):
        return format_date(value)
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return f"{value}{item.unit}" if item.unit else str(value)
