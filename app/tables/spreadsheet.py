"""An Excel workbook (.xlsx) as rows: streamed, merged cells filled, formulas by what they show."""

import re
import zipfile
from collections.abc import Generator, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from typing import IO
from xml.etree import ElementTree as ET

from app.core.errors import InvalidInput
from app.core.labels import Label
from app.core.workbooks.container import MAX_STREAMED, checked_archive
from app.tables.cells import Cell, Openable, RawRow, UnreadableTable
from app.tables.sheet_xml import WIDEST, Malformed, SharedTexts, SheetParser, column_number

MAX_EXPANDED = MAX_STREAMED
_SMALL = 16 * 1024 * 1024
"""Bytes of the parts that are read as a whole: the list of sheets and the styles."""
_MOST_MERGED = 100_000
_CHUNK = 1 << 20
_MERGED = re.compile(
    rb'mergeCell [^>]*?ref="\$?([A-Z]{1,3})\$?([0-9]+):\$?([A-Z]{1,3})\$?([0-9]+)"'
)
_DATES = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
"""Built-in number formats that show dates, the Japanese ones among them."""
_LITERAL = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.|[0#?]E[+-]|General', re.IGNORECASE)
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


@dataclass(frozen=True, slots=True)
class Span:
    """A merged cell: columns ``left``-``right`` (from 0), rows ``top``-``bottom`` (from 1)."""

    left: int
    top: int
    right: int
    bottom: int


@dataclass(slots=True)
class Spreadsheet:
    """A checked workbook; ``sheets`` maps the names of the visible sheets to their parts."""

    path: Openable
    sheets: Mapping[str, str]
    dates: frozenset[int]
    epoch: date
    _merged: dict[str, tuple[Span, ...]] = field(default_factory=dict)

    @classmethod
    def opened(cls, path: Openable) -> "Spreadsheet":
        """Check the file and read what it says about its sheets.

        Raises:
            UnreadableTable: no workbook, protected, damaged, or too much once unpacked.
        """
        _refuse_protected(path)
        with _archive(path) as archive:
            try:
                root = _parsed(archive, "xl/workbook.xml")
                dates = _date_styles(archive)
                sheets = _sheets(archive, root)
            except (KeyError, ValueError, ET.ParseError, zipfile.BadZipFile, Malformed):
                raise _damaged() from None
        if not sheets:
            raise _damaged()
        setting = next((one for one in root.iter() if _local(one) == "workbookPr"), None)
        late = setting is not None and setting.get("date1904") in ("1", "true")
        return cls(path, sheets, dates, date(1904, 1, 1) if late else date(1899, 12, 30))

    def rows(self, name: str) -> Generator[RawRow, None, None]:
        """Every row of a sheet; what stands in a merged cell stands in all it covers.

        Raises:
            UnreadableTable: damaged on the way.
        """
        merged = _Filling(self.merged(name))
        try:
            with _archive(self.path) as archive, closing(_shared(archive)) as texts:
                parser = SheetParser(texts, self.dates, self.epoch)
                with archive.open(self.sheets[name]) as stream:
                    for number, cells in parser.rows(stream):
                        merged.fill(number, cells)
                        yield RawRow(number, _dense(cells))
        except (Malformed, KeyError, ValueError, zipfile.BadZipFile, EOFError, OSError):
            raise _damaged() from None

    def merged(self, name: str) -> tuple[Span, ...]:
        """The merged cells of a sheet. Raises UnreadableTable."""
        if name not in self._merged:
            try:
                with _archive(self.path) as archive, archive.open(self.sheets[name]) as stream:
                    self._merged[name] = tuple(_spans(stream))
            except (Malformed, KeyError, zipfile.BadZipFile, EOFError, OSError):
                raise _damaged() from None
        return self._merged[name]

    def has_group(self, name: str, row: int) -> bool:
        """True where cells of this row alone are merged side by side: a line of groups."""
        return any(
            one.top == row == one.bottom and one.left < one.right for one in self.merged(name)
        )


class _Filling:
    """Carries the value of merged cells to the right and down, row by row."""

    def __init__(self, spans: tuple[Span, ...]) -> None:
        self._waiting = sorted(spans, key=lambda one: -one.top)
        self._open: list[tuple[Span, Cell]] = []

    def fill(self, number: int, cells: dict[int, Cell]) -> None:
        """Put values into ``cells`` of row ``number``; rows come in order."""
        while self._waiting and self._waiting[-1].top <= number:
            span = self._waiting.pop()
            value = cells.get(span.left) if span.top == number else None
            if value is not None:
                self._open.append((span, value))
        if not self._open:
            return
        self._open = [one for one in self._open if one[0].bottom >= number]
        for span, value in self._open:
            for column in range(span.left, min(span.right + 1, WIDEST)):
                cells.setdefault(column, value)


def _dense(cells: dict[int, Cell]) -> tuple[Cell, ...]:
    return tuple(map(cells.get, range(max(cells) + 1))) if cells else ()


def _archive(path: Openable) -> zipfile.ZipFile:
    try:
        return checked_archive(path, most=MAX_EXPANDED)
    except InvalidInput as refusal:
        raise UnreadableTable(refusal.codes["file"], refusal.problems["file"][0]) from None


def _shared(archive: zipfile.ZipFile) -> SharedTexts:
    if "xl/sharedStrings.xml" not in archive.namelist():
        return SharedTexts(None)
    with archive.open("xl/sharedStrings.xml") as stream:
        return SharedTexts(stream)


def _parsed(archive: zipfile.ZipFile, name: str) -> ET.Element:
    if archive.getinfo(name).file_size > _SMALL:
        raise Malformed
    content = archive.read(name)
    if b"<!" in content.replace(b"<!--", b"").replace(b"<![CDATA[", b"") or b"\x00" in content:
        raise Malformed
    return ET.fromstring(content)  # noqa: S314 -- declarations were refused above


def _sheets(archive: zipfile.ZipFile, root: ET.Element) -> dict[str, str]:
    """Names of the visible sheets, in the workbook's order, with the member they lie in."""
    links = {
        one.get("Id", ""): one.get("Target", "")
        for one in _parsed(archive, "xl/_rels/workbook.xml.rels")
        if one.get("Type", "").endswith("/worksheet")
    }
    members = set(archive.namelist())
    found = {}
    for one in root.iter():
        if _local(one) != "sheet" or one.get("state", "visible") != "visible":
            continue
        key = next((value for mark, value in one.items() if mark.endswith("}id")), "")
        target = links.get(key, "")
        member = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        if member in members:
            found[one.get("name", "")] = member
    return found


def _date_styles(archive: zipfile.ZipFile) -> frozenset[int]:
    if "xl/styles.xml" not in archive.namelist():
        return frozenset()
    root = _parsed(archive, "xl/styles.xml")
    own = {
        int(one.get("numFmtId", "-1")): _shows_date(one.get("formatCode", ""))
        for one in root.iter()
        if _local(one) == "numFmt"
    }
    styles = next((one for one in root.iter() if _local(one) == "cellXfs"), ())
    numbers = [int(style.get("numFmtId", "0")) for style in styles]
    return frozenset(
        place for place, number in enumerate(numbers) if own.get(number, number in _DATES)
    )


def _shows_date(code: str) -> bool:
    return re.search("[ymdhsge]", _LITERAL.sub("", code), re.IGNORECASE) is not None


def _spans(stream: IO[bytes]) -> Iterator[Span]:
    """The merged cells stand below all rows: found by their signs, without reading the rows."""
    rest, count = b"", 0
    while chunk := stream.read(_CHUNK):
        text = rest + chunk
        end = 0
        for match in _MERGED.finditer(text):
            end = match.end()
            count += 1
            if count > _MOST_MERGED:
                raise Malformed
            left, top, right, bottom = match.groups()
            yield Span(
                column_number(left.decode()), int(top), column_number(right.decode()), int(bottom)
            )
        rest = text[max(end, len(text) - 200) :]


def _local(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


def _refuse_protected(path: Openable) -> None:
    """A workbook under a password is no zip archive; its directory names what it holds."""
    with path.open("rb") as file:
        if not file.read(8).startswith(b"\xd0\xcf\x11\xe0"):
            return
        rest = b""
        while chunk := file.read(_CHUNK):
            if _ENCRYPTED in rest + chunk:
                raise UnreadableTable("password", _PASSWORD)
            rest = chunk[-len(_ENCRYPTED) :]
    raise UnreadableTable("wrong_type", _OLD)


def _damaged() -> UnreadableTable:
    return UnreadableTable("damaged", _DAMAGED)


_DAMAGED = Label(
    "ブックが壊れているか、表として読み取れません。Excelで保存し直してください。",
    "The workbook is damaged or holds no table. Save it again in Excel and try once more.",
)
_PASSWORD = Label(
    "ブックがパスワードで保護されています。パスワードを外して保存し直してください。",
    "The workbook is protected by a password. Save it without one.",
)
_OLD = Label(
    "古い形式（.xls）のブックです。Excelで「.xlsx」として保存し直してください。",
    "This is a workbook of the old kind (.xls). Save it as .xlsx in Excel.",
)
