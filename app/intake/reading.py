"""An uploaded scan becomes pages, in a process apart (see ``drawing``)."""

import logging
import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from flask_babel import lazy_gettext as _l

from app.core.errors import InvalidInput

LARGEST_FILE: Final = 10 * 1024 * 1024
_SECONDS: Final = 60
_REFUSED: Final = 3
_WORDS: Final = {
    "empty": _l("The file is empty."),
    "heavy": _l("The file is larger than 10 MB. Scan it in black and white, or in parts."),
    "kind": _l("This is neither a PDF nor a picture (PNG, JPEG, TIFF)."),
    "locked": _l("The PDF is protected by a password. Save it without one and upload it again."),
    "damaged": _l("The file is damaged and cannot be opened. Scan the paper again."),
    "too_many_pages": _l("The file has more than 20 pages. Upload it in parts."),
    "too_large": _l("A page has too many dots. Scan it at 200 to 300 dpi."),
    "failed": _l("The file could not be read within a reasonable time. Scan the paper again."),
}
log = logging.getLogger(__name__)


def pages_of(content: bytes) -> list[bytes]:
    """The pages of a PDF, PNG, JPEG or TIFF as PNG files drawn by us.

    Raises:
        InvalidInput: at ``file``, a sentence saying what is wrong with it.
    """
    if not content:
        raise _refused("empty")
    if len(content) > LARGEST_FILE:
        raise _refused("heavy")
    script = Path(__file__).with_name("drawing.py")
    try:
        done = subprocess.run(  # noqa: S603 -- our own interpreter and script, no shell
            [sys.executable, "-I", str(script)],
            input=content,
            capture_output=True,
            timeout=_SECONDS,
            env={},
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise _refused("failed") from None
    if done.returncode == _REFUSED:
        raise _refused(done.stderr.decode("ascii", "replace"))
    if done.returncode != 0:
        log.error("a scan could not be drawn: exit %s", done.returncode)
        raise _refused("failed")
    return list(_unpacked(done.stdout))


def _unpacked(stream: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(stream):
        (length,) = struct.unpack_from(">I", stream, at)
        yield stream[at + 4 : at + 4 + length]
        at += 4 + length


def _refused(why: str) -> InvalidInput:
    return InvalidInput({"file": [_WORDS.get(why, _WORDS["failed"])]})
