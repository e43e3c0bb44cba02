"""A draft that two people saved: what each typed alone stands, what both typed is shown."""

import json
from collections.abc import Mapping
from typing import Any

from werkzeug.datastructures import MultiDict

from app.core.pages import ConflictLine
from app.notifications.entry_form import label_of_line

Typed = Mapping[str, list[str]]


def base_of(draft: Typed | None) -> str:
    """What a draft holds when its form is opened, to be sent back with the form."""
    return json.dumps(dict(draft or {}), ensure_ascii=False)


def merged(base: Typed | None, mine: Typed, theirs: Typed) -> tuple[dict[str, list[str]], bool]:
    """Both people's entries by field, and whether some field was filled in by both.

    My entry wins where both differ, and where it is not known what the form showed before.
    """
    names = dict.fromkeys([*theirs, *mine])
    if base is None:
        return {name: mine.get(name, []) for name in names}, True
    result, overlaps = {}, False
    for name in names:
        was, my, their = (_said(source.get(name)) for source in (base, mine, theirs))
        result[name] = list(theirs.get(name, []) if my == was else mine.get(name, []))
        overlaps = overlaps or (my != was and their not in (was, my))
    return result, overlaps


def read_base(text: str | None) -> Typed | None:
    """The base as it came back; None when it cannot be one."""
    try:
        read = json.loads(text or "")
    except (ValueError, RecursionError):
        return None
    if not isinstance(read, dict):
        return None
    whole = all(
        isinstance(one, list) and all(isinstance(part, str) for part in one)
        for one in read.values()
    )
    return read if whole else None


def lines_of(base: Typed | None, mine: Typed, theirs: Typed) -> tuple[ConflictLine, ...]:
    """The fields in which my entry and the saved draft differ."""
    lines = {}
    for name in dict.fromkeys([*theirs, *mine]):
        was, my, their = (_said((source or {}).get(name)) for source in (base, mine, theirs))
        if my != their:
            label = str(label_of_line(name.removesuffix("_text")))
            lines[label] = ConflictLine(label, was, my, their, was not in (my, their))
    return tuple(lines.values())


def form_data(values: Typed, *, version: int, base: Typed, token: str) -> MultiDict[str, Any]:
    """The values as a form posts them, standing on the draft as it is saved now."""
    pairs: list[tuple[str, Any]] = [(name, one) for name, found in values.items() for one in found]
    hidden = [("row_version_", str(version)), ("base_", base_of(base)), ("form_token_", token)]
    return MultiDict([*pairs, *hidden])


def _said(texts: list[str] | None) -> str:
    return "、".join(text for text in texts or () if text.strip())
