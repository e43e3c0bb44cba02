"""What is wrong with a layout, field by field, in sentences."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from app.reports.layout import (
    HEADING_LENGTH,
    NAME_LENGTH,
    TITLE_LENGTH,
    Layout,
    is_safe_pattern,
    unknown_words,
)
from app.reports.listing import Listing

Problem = tuple[str, Any]


def problems_of(
    listing: Listing,
    layout: Layout,
    *,
    name: str,
    labels: Mapping[str, str],
    taken: Collection[str],
) -> dict[str, list[Any]]:
    """Problems by field; empty when there are none.

    ``labels`` are the columns that exist for whoever saves, ``taken`` the names in use.
    """
    found: dict[str, list[Any]] = {}
    checks = (_name(name, taken), _texts(layout), _columns(layout, labels), _order(listing, layout))
    for check in checks:
        for field, sentence in check:
            found.setdefault(field, [sentence])
    return found


def _name(name: str, taken: Collection[str]) -> Iterator[Problem]:
    if not name or len(name) > NAME_LENGTH:
        yield "name", _l("Type a name of at most %(limit)s characters.", limit=NAME_LENGTH)
    if name in taken:
        yield "name", _l("There is a layout of this name already.")


def _texts(layout: Layout) -> Iterator[Problem]:
    for field, text in (("title", layout.title), ("file_pattern", layout.file_pattern)):
        if len(text) > TITLE_LENGTH:
            yield field, _l("Write at most %(limit)s characters.", limit=TITLE_LENGTH)
    for word in unknown_words(layout.file_pattern):
        yield "file_pattern", _l("%(word)s is not known here.", word=f"{{{word}}}")
    if not is_safe_pattern(layout.file_pattern):
        yield "file_pattern", _l('A file name may not contain these signs: \\ / : * ? " < > |')


def _columns(layout: Layout, labels: Mapping[str, str]) -> Iterator[Problem]:
    keys = [key for key, _heading in layout.columns]
    if not keys:
        yield "columns", _l("Choose at least one column.")
    if len(set(keys)) < len(keys) or not set(keys) <= set(labels):
        yield "columns", _l("Choose columns of the list.")
    headings = [heading or labels.get(key, key) for key, heading in layout.columns]
    if len(set(headings)) < len(headings):
        yield "columns", _l("Two columns have the same heading.")
    if any(len(heading) > HEADING_LENGTH for heading in headings):
        yield "columns", _l("A heading has at most %(limit)s characters.", limit=HEADING_LENGTH)


def _order(listing: Listing, layout: Layout) -> Iterator[Problem]:
    if layout.sort not in listing.sorts or layout.preset not in listing.presets:
        yield "sort", _l("Choose one of the list.")
