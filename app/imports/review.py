"""What the review pages show of a row: faults in words, old and new, both sides of a conflict."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flask import url_for

from app.audit.reads import record_export
from app.core.dates import format_date
from app.core.labels import current_language
from app.core.pages import Pager
from app.imports.codes import CHOICES, FAULTS, PLANS, UNDO_OUTCOMES
from app.imports.models import ImportBatch, StagedRow
from app.imports.planning import raw_cells
from app.imports.queries import EDITED, RowPage, names_of, people_of
from app.imports.sentences import in_words
from app.imports.targets import TARGETS, shown
from app.security.actor import Actor
from app.tables.written import shown as written

Names = Mapping[str, Mapping[int, str]]


def listed_rows(
    batch: ImportBatch, rows: Sequence[StagedRow], by: Actor, *, door: str
) -> list[dict[str, Any]]:
    """The rows for a page; that they were looked at is recorded."""
    if rows:
        record_export(by, door=door, count=len(rows), people=people_of(rows))
    names = _names(rows)
    columns = {item: int(at) for at, item in (batch.mapping or {}).items()}
    return [_listed(batch, row, columns, names) for row in rows]


def compared(pairs: Mapping[str, Sequence[Any]], names: Names) -> list[tuple[str, str, str]]:
    """Item, portal's and file's value in words."""
    found = []
    for item, (ours, new) in pairs.items():
        target = TARGETS[item]
        known = names.get(target.kind, {})
        found.append((str(target.label), shown(target, ours, known), shown(target, new, known)))
    return found


def raw_of(batch: ImportBatch, row: StagedRow) -> list[tuple[str, str, list[str]]]:
    """Heading, cell and faults of everything the row holds or lacks, as it was sent."""
    cells = [written(cell) for cell in raw_cells(row.raw or ())]
    headings = [*(batch.headings or ()), *[""] * len(cells)]
    told: dict[int | None, list[str]] = {}
    for fault in row.faults or ():
        told.setdefault(fault["column"], []).append(fault[current_language()])
    return [
        (heading, cell, told.get(at, []))
        for at, (heading, cell) in enumerate(zip(headings, cells, strict=False))
        if cell or at in told
    ]


def pager_of(batch: ImportBatch, page: RowPage, filter_by: str | None) -> Pager:
    """First, previous and next page by the row number."""

    def address(**place: Any) -> str:
        return url_for("ImportView.show", pk=batch.id, show=filter_by, **place)

    if filter_by == EDITED:
        count = batch.done.get(EDITED, 0)
    else:
        count = batch.counts.get(filter_by, 0) if filter_by else sum(batch.counts.values())
    before, after = page.before and page.rows, page.after and page.rows
    return Pager(
        first_url=address() if before else None,
        previous_url=address(before=page.rows[0].number) if before else None,
        next_url=address(after=page.rows[-1].number) if after else None,
        count=count,
        capped=False,
    )


def _listed(
    batch: ImportBatch, row: StagedRow, columns: Mapping[str, int], names: Names
) -> dict[str, Any]:
    changes = row.changes or {}
    conflict = changes.get("conflict") or {} if row.plan == "conflict" else {}
    return {
        "number": row.number,
        "url": url_for("ImportView.row", pk=batch.id, number=row.number),
        "key": row.key or "",
        "name": _name(row, columns),
        "day": format_date(row.counted_on),
        "word": PLANS.label(row.plan),
        "tone": PLANS.tones[row.plan],
        "applied": row.applied_at is not None,
        "case_url": url_for("CaseView.show", pk=row.case_id) if row.case_id else None,
        "undo": UNDO_OUTCOMES.label(row.undo) if row.undo else "",
        "undo_tone": UNDO_OUTCOMES.tones[row.undo] if row.undo else "",
        "faults": list(_faults(batch, row)),
        "set": compared(changes.get("set") or {}, names),
        "conflict": compared(conflict, names),
        "choice": row.choice,
        "choice_word": CHOICES.label(row.choice) if row.choice else "",
        "open": bool(conflict) and row.applied_at is None and batch.state in ("ready", "applied"),
    }


def _name(row: StagedRow, columns: Mapping[str, int]) -> str:
    at = columns.get("person.name")
    if at is None or not row.raw or at >= len(row.raw):
        return ""
    return written(raw_cells(row.raw[at : at + 1])[0])[:60]


def _faults(batch: ImportBatch, row: StagedRow) -> Iterator[tuple[str, str]]:
    """Column (or item) and sentence."""
    language = current_language()
    headings = batch.headings or []
    for fault in row.faults or ():
        at = fault["column"]
        told = headings[at] if at is not None and at < len(headings) else ""
        label = told or str(TARGETS[fault["item"]].label)
        yield label, in_words(FAULTS.label(fault["kind"]), fault[language])


def _names(rows: Sequence[StagedRow]) -> Names:
    keys: dict[str, set[Any]] = {"disease": set(), "centre": set(), "authority": set()}
    for row in rows:
        for pairs in (row.changes or {}).get("set", {}), (row.changes or {}).get("conflict", {}):
            for item, values in pairs.items():
                if TARGETS[item].kind in keys:
                    keys[TARGETS[item].kind].update(values)
    diseases, institutions = names_of(keys["disease"], keys["centre"] | keys["authority"])
    return {"disease": diseases, "centre": institutions, "authority": institutions}
