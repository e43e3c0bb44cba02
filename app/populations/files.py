"""Files of populations: read from any CSV, and the table to fill in."""

import io
from collections.abc import Sequence

from flask_babel import lazy_gettext as _l

from app.core.errors import InvalidInput
from app.core.japanese import normalise
from app.core.labels import Label
from app.exports.csv import CsvTable
from app.exports.tables import ExportColumn
from app.populations.queries import TownRow
from app.populations.rules import (
    CODE_HEADINGS,
    MOST_ROWS,
    NUMBER_HEADINGS,
    Line,
)
from app.tables.contents import text_rows

_CODE = Label("市区町村コード", "Municipality code")
_NAME = Label("市区町村名", "Municipality")
_NUMBER = Label("人口", "Population")
_HEADINGS = ((*CODE_HEADINGS, _CODE.en), (*NUMBER_HEADINGS, _NUMBER.en))


def lines_of(content: bytes) -> Sequence[Line]:
    """The rows below the headings 市区町村コード and 人口; other columns are passed over.

    Raises:
        InvalidInput: says at ``file`` what is wrong with it.
    """
    places: tuple[int, int] | None = None
    found: list[Line] = []
    for row in text_rows(content):
        cells = [str(cell or "") for cell in row.cells]
        if places is None:
            places = _places(cells)
            continue
        code, number = (cells[at] if at < len(cells) else "" for at in places)
        if code.strip() or number.strip():
            found.append(Line(row.number, normalise(code), normalise(number)))
        if len(found) > MOST_ROWS:
            raise _refusal(_l("At most %(limit)s rows at a time.", limit=f"{MOST_ROWS:,}"))
    if places is None:
        raise _refusal(
            _l(
                "The headings were not found: a row with %(headings)s is needed.",
                headings="「市区町村コード」「人口」",
            )
        )
    return found


def table_to_fill(rows: Sequence[TownRow]) -> bytes:
    """Every municipality with the number that is there, as CSV with a byte-order mark."""
    stream = io.BytesIO()
    columns = (
        ExportColumn(_CODE, "text", lambda one: one.code),
        ExportColumn(_NAME, "text", lambda one: one.name),
        ExportColumn(_NUMBER, "integer", lambda one: one.population),
    )
    table = CsvTable(stream, columns)
    for row in rows:
        table.append(row)
    table.finish()
    return stream.getvalue()


def _places(cells: Sequence[str]) -> tuple[int, int] | None:
    heads = [cell.strip() for cell in cells]
    found = [next((heads.index(w) for w in words if w in heads), None) for words in _HEADINGS]
    code, number = found
    return None if code is None or number is None else (code, number)


def _refusal(sentence: object) -> InvalidInput:
    return InvalidInput({"file": [sentence]})
