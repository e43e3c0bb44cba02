"""Two people saved one record: what it was, what I typed, what they saved.

What only they changed is taken over into my form, so that saving it again undoes nothing of
theirs but what both sides changed and I decided.
"""

import json
from typing import Any

from app.core.fields import ReferenceField
from app.core.items import items_of
from app.core.pages import ConflictLine
from app.generated.cells import text_of
from app.generated.paths import path_of


def base_values(record: Any, names: tuple[str, ...]) -> str:
    """What the form showed when it was opened, to be sent back with it."""
    model = type(record)
    texts = {n: text_of(path_of(model, n).item, path_of(model, n).value(record)) for n in names}
    return json.dumps(texts, ensure_ascii=False)


def conflict_lines(
    record: Any, names: tuple[str, ...], form: Any, base: str
) -> tuple[ConflictLine, ...]:
    """The items on which my form and the saved record differ; untouched ones become theirs."""
    before = _read_base(base)
    lines = []
    for item in items_of(type(record)):
        if item.name not in names or item.name not in form._fields:
            continue
        theirs = text_of(item, path_of(type(record), item.name).value(record))
        mine = _typed(form._fields[item.name], item, getattr(record, item.name), theirs)
        was = before.get(item.name, "")
        if mine == theirs:
            continue
        lines.append(ConflictLine(str(item.label), was, mine, theirs, was not in (mine, theirs)))
        if mine == was:
            _show_again(form._fields[item.name], getattr(record, item.name))
    return tuple(lines)


def _show_again(field: Any, saved: Any) -> None:
    """Let the field hold what is saved instead of what was posted."""
    field.raw_data = None
    if isinstance(field, ReferenceField):
        field.posted_text = None
    field.process(None, saved)


def _typed(field: Any, item: Any, saved: Any, theirs: str) -> str:
    if isinstance(field, ReferenceField):
        # The field holds a key; people read the name of what it points at.
        return theirs if field.data == saved else field.shown_text()
    try:
        return text_of(item, field.data)
    except (TypeError, ValueError):
        raw = field.raw_data
        return str(raw[0]) if raw else ""


def _read_base(base: str) -> dict[str, str]:
    try:
        read = json.loads(base)
    except ValueError:
        return {}
    return {str(k): str(v) for k, v in read.items()} if isinstance(read, dict) else {}
