"""What a column can be, as the screen of tables offers it and as its cells are read. Pure."""

from collections.abc import Callable, Mapping
from typing import Any

from app.audit.history import plain
from app.cases.models import Case
from app.core.items import item_of
from app.core.labels import Label
from app.imports.sentences import one_of
from app.imports.targets import DISEASE, KEY, NUMBER, TARGETS, Target
from app.persons.models import Person
from app.tables.cells import Cell, is_blank
from app.tables.targets import Target as Offered
from app.tables.understanding import reader_for
from app.tables.values import BadCell, to_boolean

ON_SCREEN = frozenset({"text", "lines", "kana", "phone", "date", "instant", "age", "code", "codes"})
"""Kinds the screen reads itself; rows of master data and tests are read by the import."""
_KINDS = {"lines": "long_text", "age": "integer", "months": "integer"}
_MOST = {"age": 120, "months": 11}
_FAULTS = {
    "error": "faulty_cell",
    "control_character": "broken_text",
    "date": "not_a_date",
    "era": "wrong_era",
    "no_year": "not_a_date",
    "time": "not_an_instant",
    "number": "not_a_number",
    "not_whole": "not_a_number",
}
"""What :mod:`app.tables` calls a fault → what the overview of an import counts it as."""
_MODELS: Mapping[str, type[Any]] = {"person": Person, "case": Case}
_GROUPS = {
    "person": Label("本人", "Person"),
    "case": Label("患者情報", "Case"),
    "test": Label("検査", "Tests"),
    "extra": Label("取込元のまま保存する項目", "Kept as the file says it"),
}
_NUMBER_WORDS = ("№", "No", "番号", "整理番号", "管理番号", "患者番号")


def offered(*, needs_disease: bool) -> tuple[Offered, ...]:
    """What a column can be, for the screen of tables."""
    needed = {KEY, DISEASE} if needs_disease else {KEY}
    return tuple(
        _offered(target, required=name in needed)
        for name, target in TARGETS.items()
        if name != NUMBER and (needs_disease or name != DISEASE)
    )


def value_reader(target: Target, words: Mapping[str, str]) -> Callable[[Cell], Any]:
    """What reads a cell to its plain value; None where it says nothing.

    The reader raises BadCell of a kind the overview of faults knows.
    """
    understood = reader_for(_offered(target), words)

    def read(cell: Cell) -> Any:
        try:
            return None if is_blank(cell) else plain(understood(cell))
        except BadCell as bad:
            raise _told(bad, target) from None

    return read


def _told(bad: BadCell, target: Target) -> BadCell:
    if bad.kind == "code" and target.codes is not None:
        return BadCell("unknown_code", one_of(target.codes))
    if bad.kind == "range":
        is_number = target.kind in _MOST
        return BadCell("out_of_range_number" if is_number else "out_of_range_date", bad.label)
    return BadCell(_FAULTS.get(bad.kind, bad.kind), bad.label)


def permission(cell: Cell) -> bool | None:
    """What a 公表の可否 column says; None where nobody has decided. Raises BadCell."""
    try:
        return to_boolean(cell)
    except BadCell as bad:
        raise BadCell("unknown_code", bad.label) from None


def _offered(target: Target, *, required: bool = False) -> Offered:
    model = _MODELS.get(target.owner)
    known = item_of(model, target.attribute) if model is not None else None
    aliases = known.aliases if known is not None else ()
    return Offered(
        name=target.name,
        label=target.label,
        aliases=_NUMBER_WORDS if target.name == KEY else aliases,
        kind=_KINDS.get(target.kind, target.kind if target.kind in ON_SCREEN else "text"),
        codes=target.codes,
        required=required,
        max_length=target.longest,
        minimum=0 if target.kind in _MOST else None,
        maximum=_MOST.get(target.kind),
        gathers=target.kind == "lines",
        group=_GROUPS.get(target.owner),
    )
