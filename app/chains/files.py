"""Chains as a file: the picture as SVG, PNG or PDF, the table as a workbook. Numbers, no names."""

import tempfile
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

from flask_babel import gettext as _

from app.cases.codes import CASE_STATUS, SEX
from app.chains.picture import Drawing, draw
from app.chains.rules import Place
from app.contacts.codes import EXPOSURE_SETTING
from app.core import clock
from app.core.dates import format_instant
from app.core.labels import CodeList, Label, current_language
from app.core.pdf import compile_pdf, compile_png
from app.exports.excel import ExcelBook, write_cover
from app.exports.tables import Columns, Cover, ExportColumn

MIMETYPES = {
    "svg": "image/svg+xml",
    "png": "image/png",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
FORMATS = tuple(MIMETYPES)
_LARGEST_PNG = 12_000
"""Pixels along a side; a larger picture is drawn coarser."""


def made(drawing: Drawing, format_: str, *, lines: Sequence[tuple[str, str]], by: str) -> bytes:
    """The file of one format; ``lines`` say what was asked for."""
    if format_ == "xlsx":
        return _workbook(drawing, lines, by)
    svg = str(draw(drawing, key="chains"))
    if format_ == "svg":
        return f'<?xml version="1.0" encoding="UTF-8"?>\n{svg}'.encode()
    words = [f"{name}: {text}" for name, text in lines]
    words.append(f"{_('State of the data')}: {format_instant(clock.now())} {by}")
    page = {
        "title": _("Chains of infection"),
        "lines": words,
        "svg": svg,
        "lang": current_language(),
    }
    template = files("app.chains") / "chains.typ"
    if format_ == "pdf":
        return compile_pdf(template, {"page": page})
    longest = max(drawing.layout.rows * 25, 1)
    return compile_png(template, {"page": page}, ppi=min(144, 72 * _LARGEST_PNG / longest))


def in_order(drawing: Drawing) -> list[Place]:
    """The cases as the table lists them: chain by chain, by day."""
    places = drawing.layout.places.values()
    return sorted(places, key=lambda p: (p.chain, p.day, p.generation, p.key))


def sources_of(drawing: Drawing, key: int) -> list[str]:
    """The numbers of all sources noted, the one that gives the generation first."""
    place = drawing.layout.places[key]
    found = [a for a, b in drawing.found.links if b == key and a != place.source]
    ordered = ([] if place.source is None else [place.source]) + found
    return [drawing.found.nodes[source].number for source in ordered]


def _workbook(drawing: Drawing, lines: Sequence[tuple[str, str]], by: str) -> bytes:
    columns = Columns(_columns(drawing))
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "chains.xlsx"
        with ExcelBook(path) as book:
            front = book.sheet(_("Cover"))
            table = book.table(_("Data"), columns.written)
            for place in in_order(drawing):
                table.append(place)
            table.finish()
            cover = Cover(_("Chains of infection"), by, clock.now(), lines)
            write_cover(book, front, cover, columns, table.rows)
        return path.read_bytes()


def _words_of(codes: CodeList) -> dict[str, str]:
    return {code.value: str(code.label) for code in codes}


def _columns(drawing: Drawing) -> tuple[ExportColumn, ...]:
    nodes, links = drawing.found.nodes, drawing.found.links
    # Asked for the reader's language once, not in every cell.
    settings, sexes, statuses = map(_words_of, (EXPOSURE_SETTING, SEX, CASE_STATUS))
    sources: dict[int, list[str]] = {}
    for source, key in links:
        sources.setdefault(key, []).append(nodes[source].number)

    def setting(place: Place) -> str:
        found = drawing.setting_of(place)
        return settings.get(found or "", "")

    def exposed(place: Place) -> object:
        return None if place.source is None else links[place.source, place.key].exposed_on

    return (
        ExportColumn(Label("連鎖番号", "Chain"), "integer", lambda p: p.chain + 1),
        ExportColumn(Label("患者番号", "Case"), "text", lambda p: nodes[p.key].number),
        ExportColumn(Label("世代", "Generation"), "integer", lambda p: p.generation),
        ExportColumn(Label("発症日", "Onset"), "date", lambda p: nodes[p.key].onset_on),
        ExportColumn(Label("診断日", "Diagnosed"), "date", lambda p: nodes[p.key].diagnosed_on),
        ExportColumn(
            Label("感染源の患者番号", "Source case"),
            "text",
            lambda p: "、".join(sources.get(p.key, ())),
        ),
        ExportColumn(Label("接触日", "Exposed on"), "date", exposed),
        ExportColumn(Label("接触の場面", "Setting"), "text", setting),
        ExportColumn(Label("性別", "Sex"), "text", lambda p: sexes.get(nodes[p.key].sex or "")),
        ExportColumn(Label("年齢", "Age"), "integer", lambda p: nodes[p.key].age_years),
        ExportColumn(
            Label("状態", "Status"), "text", lambda p: statuses.get(nodes[p.key].status or "")
        ),
        ExportColumn(
            Label("居住市区町村", "Municipality"), "text", lambda p: nodes[p.key].municipality
        ),
    )
