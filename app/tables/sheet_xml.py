"""The XML of a sheet and of its shared texts, in a stream: one row in memory at a time."""

import re
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from tempfile import SpooledTemporaryFile
from typing import IO, Any
from xml.parsers import expat

from app.tables.cells import Cell, FaultyCell

WIDEST = 1_000
"""Columns; a sheet that is filled further right is no list of records."""
NOT_COMPUTED = "#FORMULA?"
"""What is read of a formula that the program which wrote the file has not computed."""
_CHUNK = 1 << 16
_LONGEST_TOKEN = 4 << 20
_IN_MEMORY = 16 * 1024 * 1024
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_REFERENCE = re.compile("([A-Z]{1,3})([0-9]{1,7})")


class Malformed(Exception):
    """The XML is broken, holds declarations no workbook needs, or is wider than any list."""


def events(stream: IO[bytes], parser: Any, taken: list[Any]) -> Iterator[Any]:
    """Feed a parser and give out what its handlers put into ``taken``. Raises Malformed."""
    parser.StartDoctypeDeclHandler = _refuse
    read = 0
    try:
        while chunk := stream.read(_CHUNK):
            parser.Parse(chunk, False)
            read += len(chunk)
            # An unfinished token is gone through again with each chunk: a long one is an attack.
            if read - parser.CurrentByteIndex > _LONGEST_TOKEN:
                raise Malformed
            yield from taken
            taken.clear()
        parser.Parse(b"", True)
    except expat.ExpatError:
        raise Malformed from None
    yield from taken


def new_parser(begin: Callable[[str, dict[str, str]], None], end: Callable[[str], None]) -> Any:
    """A parser that calls back with local names, without prefixes."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = lambda name, marks: begin(name.rpartition(":")[2], marks)
    parser.EndElementHandler = lambda name: end(name.rpartition(":")[2])
    return parser


def _refuse(*_arguments: object) -> None:
    raise Malformed


class SharedTexts:
    """The texts of a workbook by number; beyond some megabytes they lie in an unnamed file."""

    def __init__(self, stream: IO[bytes] | None) -> None:
        self._file = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 -- closed by close()
        self._starts = array("Q", [0])
        self.text = lru_cache(4096)(self._read)
        try:
            self._take(stream)
        except BaseException:
            self.close()
            raise

    def _take(self, stream: IO[bytes] | None) -> None:
        if stream is not None:
            for text in _TextParser().texts(stream):
                self._file.write(text.encode("utf-8", "surrogatepass"))
                self._starts.append(self._file.tell())

    def _read(self, number: int) -> str:
        if not 0 <= number < len(self._starts) - 1:
            raise Malformed
        self._file.seek(self._starts[number])
        length = self._starts[number + 1] - self._starts[number]
        return self._file.read(length).decode("utf-8", "surrogatepass")

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()


@dataclass(slots=True)
class _TextParser:
    """The shared texts in their order; the reading above a kanji is no part of its text."""

    taken: list[str] = field(default_factory=list)
    _parts: list[str] = field(default_factory=list)
    _in_text: bool = False
    _phonetic: int = 0

    def texts(self, stream: IO[bytes]) -> Iterator[str]:
        """Every text. Raises Malformed."""
        parser = new_parser(self._begin, self._end)
        parser.CharacterDataHandler = self._characters
        yield from events(stream, parser, self.taken)

    def _begin(self, name: str, _marks: dict[str, str]) -> None:
        if name == "si":
            self._parts.clear()
        elif name == "rPh":
            self._phonetic += 1
        self._in_text = name == "t" and not self._phonetic

    def _end(self, name: str) -> None:
        self._in_text = False
        if name == "si":
            self.taken.append(unescaped("".join(self._parts)))
        elif name == "rPh":
            self._phonetic -= 1

    def _characters(self, text: str) -> None:
        if self._in_text:
            self._parts.append(text)


def unescaped(text: str) -> str:
    """``_x000D_`` is how a workbook writes a sign that XML cannot hold."""
    return _ESCAPED.sub(lambda m: chr(int(m[1], 16)), text) if "_x" in text else text


@dataclass(slots=True)
class SheetParser:
    """Turns the elements of a sheet into rows: ``(number, {column: cell})`` in ``taken``."""

    texts: SharedTexts
    dates: frozenset[int]
    """Numbers of the cell styles that show a date."""
    epoch: date
    taken: list[tuple[int, dict[int, Cell]]] = field(default_factory=list)
    _row: int = 0
    _column: int = -1
    _cells: dict[int, Cell] = field(default_factory=dict)
    _type: str = ""
    _style: int = 0
    _parts: list[str] = field(default_factory=list)
    _in_text: bool = False
    _phonetic: int = 0
    _formula: bool = False
    _filled: bool = False

    def rows(self, stream: IO[bytes]) -> Iterator[tuple[int, dict[int, Cell]]]:
        """Every row the sheet holds. Raises Malformed."""
        parser = new_parser(self._begin, self._end)
        parser.CharacterDataHandler = self._characters
        yield from events(stream, parser, self.taken)

    def _begin(self, name: str, marks: dict[str, str]) -> None:
        if name == "c":
            self._begin_cell(marks)
        elif name == "row":
            self._row = int(marks["r"]) if "r" in marks else self._row + 1
            self._column, self._cells = -1, {}
        elif name == "rPh":
            self._phonetic += 1
        elif name == "f":
            self._formula = True
        self._in_text = name == "v" or (name == "t" and not self._phonetic)
        self._filled = self._filled or self._in_text

    def _begin_cell(self, marks: dict[str, str]) -> None:
        place = _REFERENCE.fullmatch(marks.get("r", ""))
        self._column = column_number(place[1]) if place else self._column + 1
        if self._column >= WIDEST:
            raise Malformed
        self._type = marks.get("t", "n")
        self._style = int(marks.get("s", 0))
        self._formula = self._filled = False
        self._parts.clear()

    def _end(self, name: str) -> None:
        self._in_text = False
        if name == "c":
            cell = self._value("".join(self._parts))
            if cell is not None:
                self._cells[self._column] = cell
        elif name == "row":
            self.taken.append((self._row, self._cells))
        elif name == "rPh":
            self._phonetic -= 1

    def _characters(self, text: str) -> None:
        if self._in_text:
            self._parts.append(text)

    def _value(self, text: str) -> Cell:
        # A result that is text may be empty; a number is missing then.
        if self._formula and not (self._filled and (text or self._type == "str")):
            return FaultyCell(NOT_COMPUTED)
        if not text:
            return None
        return self._typed(text)

    def _typed(self, text: str) -> Cell:
        match self._type:
            case "s":
                return _blank_or(self.texts.text(_whole(text)))
            case "inlineStr" | "str":
                return _blank_or(unescaped(text))
            case "e":
                cell: Cell = FaultyCell(text)
            case "b":
                cell = "TRUE" if text.strip() == "1" else "FALSE"
            case "d":
                cell = _iso(text)
            case _:
                cell = self._number(text)
        return cell

    def _number(self, text: str) -> Cell:
        number = shortest(text)
        return day_of(number, self.epoch) if self._style in self.dates else number


def _blank_or(text: str) -> str | None:
    return text if text.strip() else None


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise Malformed from None


def shortest(text: str) -> Decimal:
    """A number as Excel shows it: of the 17 digits that are stored, 15 are meant."""
    try:
        number = Decimal(text.strip())
        if "." in text or "E" in text or "e" in text:
            number = Decimal(f"{float(number):.15g}")
    except (InvalidOperation, OverflowError):
        raise Malformed from None
    if not number.is_finite():
        raise Malformed
    return number


def day_of(number: Decimal, epoch: date) -> Cell:
    """The day or moment a day number means; time alone is shown as text, nonsense as number."""
    if not 0 <= number < 2_958_466:
        return number
    days = int(number)
    seconds = round((number - days) * 86_400)
    if days == 0:
        return f"{seconds // 3600:02}:{seconds % 3600 // 60:02}"
    # Excel's calendar has a 29 February 1900 that never was.
    shift = 1 if epoch.year == 1899 and days < 60 else 0
    day = epoch + timedelta(days=days + shift)
    if seconds == 0:
        return day
    return datetime(day.year, day.month, day.day) + timedelta(seconds=seconds)  # noqa: DTZ001 -- a cell has no zone


def _iso(text: str) -> Cell:
    try:
        moment = datetime.fromisoformat(text.strip()).replace(tzinfo=None)
    except ValueError:
        return text
    return moment.date() if "T" not in text else moment


@lru_cache(2048)
def column_number(letters: str) -> int:
    """``A`` → 0, ``AA`` → 26."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1
