"""Two people saved one record: what it was, what I typed, what they saved."""

import json
from typing import Any

from app.core import forms
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
    """The items on which my form and the saved record differ now."""
    before = _read_base(base)
    lines = []
    for item in items_of(type(record)):
        if item.name not in names or item.name not in form._fields:
            continue
        theirs = text_of(item, path_of(type(record), item.name).value(record))
        mine = _typed(form, item)
        was = before.get(item.name, "")
        if mine != theirs:
            both = was not in (mine, theirs)
            lines.append(ConflictLine(str(item.label), was, mine, theirs, both))
    return tuple(lines)


def take_over_untouched(
    record: Any, names: tuple[str, ...], form: Any, base: str
) -> tuple[str, ...]:
    """Give the fields that only the others changed what they saved; gives their names.

    Saving the form again must not put back what its sender never touched.
    """
    before = _read_base(base)
    taken = []
    for name in names:
        item = path_of(type(record), name).item
        typed = _typed(form, item)
        if name not in before or before[name] != typed or form[name].errors:
            continue
        if typed != text_of(item, path_of(type(record), name).value(record)):
            forms.show_stored(form[name], getattr(record, name))
            taken.append(name)
    return tuple(taken)


def merges_by_itself(record: Any, names: tuple[str, ...], form: Any) -> bool:
    """True when nobody changed what the other changed, so that both changes can stand.

    Only for a form of an earlier version of this record that says what it showed then.
    """
    version, before = form.row_version_.data, _read_base(form.base_.data or "")
    if not isinstance(version, int) or not 0 < version < record.row_version:
        return False
    if not set(names) <= before.keys():
        return False
    lines = conflict_lines(record, names, form, form.base_.data or "")
    return not any(line.overlaps for line in lines)


def rebase(record: Any, names: tuple[str, ...], form: Any) -> tuple[str, ...]:
    """Let the form stand on the record as it is now; gives the names taken from it."""
    taken = take_over_untouched(record, names, form, form.base_.data or "")
    form.base_.data = base_values(record, names)
    form.row_version_.data = record.row_version
    return taken


def typed_lines(form: Any, model: type[Any]) -> tuple[tuple[str, str], ...]:
    """What a form holds, as (label, text), to be copied by hand."""
    lines = (
        (str(item.label), _typed(form, item))
        for item in items_of(model)
        if item.name in form._fields
    )
    return tuple((label, text) for label, text in lines if text)


def _typed(form: Any, item: Any) -> str:
    field = form._fields[item.name]
    if item.kind == "reference":
        return "" if field.data is None else str(field.shown_text())
    try:
        return text_of(item, field.data)
    except (TypeError, ValueError):
        raw = field.raw_data
        return str(raw[0]) if raw else ""


def _read_base(base: str) -> dict[str, str]:
    try:
        read = json.loads(base)
    except (ValueError, RecursionError):
        return {}
    return {str(k): str(v) for k, v in read.items()} if isinstance(read, dict) else {}
