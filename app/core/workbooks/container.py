"""Is this really a harmless .xlsx? Checked before any reader of workbooks touches it.

A workbook is a zip archive of XML files: both formats can be built to fill memory (zip bombs,
entity bombs). What passes is unpacked here within limits and packed again without compression,
so that the reader behind meets exactly the bytes that were counted.
"""

import io
import re
import zipfile
from collections.abc import Collection
from pathlib import Path
from typing import IO, Any, Protocol
from xml.etree import ElementTree as ET

from flask_babel import lazy_gettext as _l

from app.core.errors import InvalidInput

MAX_FILE = 5 * 1024 * 1024
MAX_UNPACKED = 60 * 1024 * 1024
MAX_MEMBERS = 300
MAX_STREAMED = 3 * 1024 * 1024 * 1024
"""What a workbook that is read row by row may unpack to: a million rows of fifty columns."""
_CHUNK = 1 << 16
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_OLD = b"\xd0\xcf\x11\xe0"
_FORBIDDEN = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)


def harmless_workbook(content: bytes) -> bytes:
    """The same workbook, counted and packed without compression.

    Raises:
        InvalidInput: says what is wrong with the file, in words for its sender.
    """
    _check_kind(content)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = _unpacked(archive)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError):
        raise _refusal(
            _l("The file is damaged. Save it again in Excel and try once more.")
        ) from None
    _check_members(members)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return packed.getvalue()


class Opens(Protocol):
    """What opens like a path: content at hand, of which nothing lies on a disk."""

    def open(self, mode: str = "r") -> IO[Any]:
        """The content from its beginning."""


def checked_archive(path: Path | Opens, *, most: int = MAX_STREAMED) -> zipfile.ZipFile:
    """The archive of a workbook too large for memory: to be read member by member, in a stream.

    Formulas are let in: what they show is taken, they are never computed. Whoever reads its XML
    has to refuse declarations (``<!DOCTYPE``) on the way.

    Args:
        most: bytes it may unpack to.

    Raises:
        InvalidInput: says what is wrong with the file, in words for its sender.
    """
    with path.open("rb") as file:
        _check_start(file.read(8))
    try:
        archive = zipfile.ZipFile(path if isinstance(path, Path) else path.open("rb"))
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError):
        raise _refusal(
            _l("The file is damaged. Save it again in Excel and try once more.")
        ) from None
    try:
        _check_members_of(archive, most)
    except InvalidInput:
        archive.close()
        raise
    return archive


def _check_members_of(archive: zipfile.ZipFile, most: int) -> None:
    infos = archive.infolist()
    # zipfile never gives out more of a member than it declares here.
    if len(infos) > MAX_MEMBERS or sum(info.file_size for info in infos) > most:
        raise _refusal(_l("The file holds too much once unpacked."), "too_large")
    _check_names({info.filename for info in infos})
    if any(info.flag_bits & 1 for info in infos):
        raise _refusal(
            _l("The workbook is protected by a password. Save it without one."), "password"
        )


def _check_kind(content: bytes) -> None:
    if len(content) > MAX_FILE:
        raise _refusal(
            _l("The file is too large: at most %(limit)s MB.", limit=MAX_FILE // 1024 // 1024)
        )
    _check_start(content)


def _check_start(content: bytes) -> None:
    if not content:
        raise _refusal(_l("The file is empty."))
    if content.startswith(_OLD):
        raise _refusal(
            _l(
                "This is an old (.xls) or password-protected workbook. Save it as .xlsx without "
                "a password."
            )
        )
    if not content.startswith(b"PK"):
        raise _refusal(_l("This is not an Excel workbook (.xlsx)."), "wrong_type")


def _unpacked(archive: zipfile.ZipFile) -> dict[str, bytes]:
    infos = archive.infolist()
    if len(infos) > MAX_MEMBERS:
        raise _refusal(_l("The file holds too much once unpacked."), "too_large")
    total, members = 0, {}
    for info in infos:
        if info.is_dir():
            continue
        parts = []
        with archive.open(info) as member:
            while chunk := member.read(_CHUNK):
                total += len(chunk)
                if total > MAX_UNPACKED:
                    raise _refusal(_l("The file holds too much once unpacked."), "too_large")
                parts.append(chunk)
        members[info.filename] = b"".join(parts)
    return members


def _check_names(names: Collection[str]) -> None:
    if "[Content_Types].xml" not in names or "xl/workbook.xml" not in names:
        raise _refusal(_l("This is not an Excel workbook (.xlsx)."), "wrong_type")
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise _refusal(
            _l("Workbooks with macros are not accepted. Save it as .xlsx."), "wrong_type"
        )


def _check_members(members: dict[str, bytes]) -> None:
    _check_names(members)
    for name, data in members.items():
        if not name.lower().endswith((".xml", ".rels", ".vml")):
            continue
        # Wide encodings could hide a declaration from the search below.
        if data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in data[:200]:
            raise _refusal(_l("The file is damaged. Save it again in Excel and try once more."))
        if _FORBIDDEN.search(data):
            raise _refusal(_l("The file holds declarations no workbook needs, and was not opened."))
        if name.lower().startswith("xl/worksheets/") and name.lower().endswith(".xml"):
            _refuse_formulas(data)


def _refuse_formulas(sheet: bytes) -> None:
    """A formula shows what it computes here and something else there: plain values only."""
    try:
        for _event, cell in ET.iterparse(io.BytesIO(sheet), ("end",)):  # noqa: S314 -- declarations were refused above
            if cell.tag == f"{_MAIN}c" and cell.find(f"{_MAIN}f") is not None:
                raise _refusal(
                    _l(
                        "Cell %(cell)s holds a formula. Replace formulas by their values.",
                        cell=re.sub(r"[^A-Z0-9]", "", cell.get("r", ""))[:10],
                    )
                )
            if cell.tag == f"{_MAIN}row":
                cell.clear()
    except ET.ParseError:
        raise _refusal(
            _l("The file is damaged. Save it again in Excel and try once more.")
        ) from None


def _refusal(sentence: object, code: str = "damaged") -> InvalidInput:
    return InvalidInput({"file": [sentence]}, codes={"file": code})
