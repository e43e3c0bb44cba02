"""Cases in the layout of NESID, so that taking the file in again changes nothing."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from app.audit.reads import record_export
from app.cases.models import Case
from app.core import clock
from app.core.db import db
from app.core.transaction import transaction
from app.exports.csv import to_cp932
from app.imports.known import Known, ours_of
from app.imports.master import Masters, load_masters
from app.imports.models import ImportedCase
from app.imports.nesid import LAYOUT, NESID
from app.imports.targets import KEY, NUMBER, TARGETS, Target, test_words
from app.jobs.context import JobContext
from app.jobs.registry import Result
from app.security.actor import Actor
from app.security.rights import require

EXPORT = "export nesid"
_CHUNK = 500
_IMPORTED = ImportedCase.__table__


def export_file(ctx: JobContext) -> Result:
    """Every case the actor's health centre answers for, as a file; recorded as an export.

    ``encoding`` of the parameters is ``cp932`` or ``utf-8``.
    """
    require(ctx.actor, "export", "import_batch")
    encoding = ctx.parameters.get("encoding", "cp932")
    masters, count, replaced = load_masters(), 0, 0
    people: set[int] = set()
    path = ctx.output_path(f"NESID_{clock.today():%Y%m%d}.csv")
    with path.open("wb") as file:
        file.write(b"" if encoding == "cp932" else b"\xef\xbb\xbf")
        replaced += _write(file, [tuple(LAYOUT)], encoding)
        for chunk in _cases(ctx.actor):
            replaced += _write(file, lines_of(chunk, masters), encoding)
            count += len(chunk)
            people |= {case.person_id for case, _known in chunk if case.person_id is not None}
            ctx.progress(count)
    with transaction():
        record_export(ctx.actor, door="import_batch.export", count=count, people=people)
    message = ""
    if replaced:
        message = _("%(n)s characters do not exist in Shift_JIS and became 〓.", n=replaced)
    return Result(path, {"rows": count, "replaced_characters": replaced}, message)


def lines_of(cases: Sequence[tuple[Case, Known]], masters: Masters) -> Iterator[tuple[str, ...]]:
    """A line of the layout for each case."""
    for case, known in cases:
        values = ours_of(case, known)
        keys = {KEY: "" if known.imported is None else known.imported.key, NUMBER: case.number}
        yield tuple(
            str(keys[item] or "")
            if item in keys
            else _worded(TARGETS[item], values.get(item), masters)
            for item in LAYOUT.values()
        )


def _cases(by: Actor) -> Iterator[list[tuple[Case, Known]]]:
    last = 0
    while True:
        statement = (
            select(Case)
            .where(Case.id > last, Case.responsible_centre_id == by.institution_id)
            .where(Case.anonymised_on.is_(None))
            .order_by(Case.id)
            .limit(_CHUNK)
            .options(joinedload(Case.person), selectinload(Case.lab_tests))
        )
        cases = db.session.scalars(statement).all()
        if not cases:
            return
        ids = [case.id for case in cases]
        tied = {
            row.case_id: row
            for row in db.session.connection().execute(
                select(_IMPORTED).where(_IMPORTED.c.case_id.in_(ids), _IMPORTED.c.source == NESID)
            )
        }
        yield [(case, Known(case.id, tied.get(case.id))) for case in cases]
        last = ids[-1]
        db.session.expunge_all()


def _worded(target: Target, plain: Any, masters: Masters) -> str:
    if plain is None:
        return ""
    worded = _WORDED.get(target.kind)
    if worded is not None:
        return str(worded(target, plain, masters))
    return str(plain)


def _codes(target: Target, plain: Any, _masters: Masters) -> str:
    assert target.codes is not None
    return ";".join(_ja(target, code) for code in plain)


def _ja(target: Target, code: str) -> str:
    assert target.codes is not None
    return next((one.label.ja for one in target.codes if one.value == code), code)


def _name(target: Target, plain: Any, masters: Masters) -> str:
    return masters.names_for(target.kind).get(plain, "")


_WORDED: Mapping[str, Any] = {
    "date": lambda _t, plain, _m: plain.replace("-", "/"),
    "instant": lambda _t, plain, _m: (
        f"{clock.in_japan(datetime.fromisoformat(plain)):%Y/%m/%d %H:%M:%S}"
    ),
    "code": lambda target, plain, _m: _ja(target, plain),
    "codes": _codes,
    "test": lambda _t, plain, _m: test_words(plain),
    "disease": _name,
    "centre": _name,
    "authority": _name,
}


def _write(file: Any, lines: Any, encoding: str) -> int:
    """Write lines, every cell quoted; how many characters the encoding does not have."""
    buffer = io.StringIO(newline="")
    csv.writer(buffer, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows(lines)
    if encoding != "cp932":
        file.write(buffer.getvalue().encode())
        return 0
    content, replaced = to_cp932(buffer.getvalue())
    file.write(content)
    return replaced
