"""Turns what was uploaded into pictures of its pages. Runs as a process of its own.

``python -I drawing.py`` reads a PDF, PNG, JPEG or TIFF from standard input and writes pages to
standard output, each as its length (4 bytes) and a PNG. A file somebody sends is hostile until
shown otherwise: what reads it holds no key, no connection and no person's data, can neither
write files nor run for long, and dies alone. Nothing but pictures drawn here is kept.
"""

import io
import resource
import struct
import sys
from collections.abc import Iterator

import pypdfium2
from PIL import Image, ImageOps, UnidentifiedImageError

MOST_PAGES = 20
LONGEST_SIDE = 2340
"""Pixels: an A4 page at 200 dots per inch, the resolution of a fine fax."""
MOST_PIXELS = 60_000_000
MOST_MEMORY = 2 * 1024**3
MOST_SECONDS = 40
REFUSED = 3
_WRONG_PASSWORD = 4
_STRETCHED = 1.3


class Refused(Exception):
    """The file cannot be taken; the word says why."""


def main() -> int:
    """Pages to standard output; else 3, and the reason as one word on standard error."""
    for kind, most in (
        (resource.RLIMIT_AS, MOST_MEMORY),
        (resource.RLIMIT_CPU, MOST_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (most, most))
    content = sys.stdin.buffer.read()
    try:
        for page in pages_of(content):
            png = _png(page)
            sys.stdout.buffer.write(struct.pack(">I", len(png)) + png)
    except Refused as why:
        sys.stderr.write(str(why))
        return REFUSED
    except (MemoryError, Image.DecompressionBombError):
        sys.stderr.write("too_large")
        return REFUSED
    return 0


def pages_of(content: bytes) -> Iterator[Image.Image]:
    """The pages, upright and in grey or black and white."""
    if b"%PDF-" in content[:1024]:
        yield from _of_pdf(content)
    else:
        yield from _of_image(content)


def _of_pdf(content: bytes) -> Iterator[Image.Image]:
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as problem:
        locked = getattr(problem, "err_code", None) == _WRONG_PASSWORD
        raise Refused("locked" if locked else "damaged") from None
    _count(len(document))
    try:
        for page in document:
            longest = max(page.get_size())
            if longest <= 0:
                raise Refused("damaged")
            bitmap = page.render(scale=LONGEST_SIDE / longest, grayscale=True)
            yield bitmap.to_pil()
            page.close()
    except pypdfium2.PdfiumError:
        raise Refused("damaged") from None


def _of_image(content: bytes) -> Iterator[Image.Image]:
    try:
        picture = Image.open(io.BytesIO(content), formats=("PNG", "JPEG", "TIFF"))
    except UnidentifiedImageError:
        raise Refused("kind") from None
    except Image.DecompressionBombError:
        raise Refused("too_large") from None
    except (OSError, ValueError, SyntaxError):
        raise Refused("damaged") from None
    try:
        count = getattr(picture, "n_frames", 1)
        _count(count)
        for number in range(count):
            picture.seek(number)
            if picture.width * picture.height > MOST_PIXELS:
                raise Refused("too_large")
            yield _upright(picture)
    except (OSError, ValueError, SyntaxError, EOFError):
        raise Refused("damaged") from None


def _count(pages: int) -> None:
    if pages > MOST_PAGES:
        raise Refused("too_many_pages")
    if pages < 1:
        raise Refused("damaged")


def _upright(picture: Image.Image) -> Image.Image:
    """As a camera held it, with square dots: a standard fax has twice as many across as down."""
    turned = ImageOps.exif_transpose(picture)
    across, down = (float(one or 0) for one in picture.info.get("dpi", (0, 0))[:2])
    plain = turned if turned.mode in {"1", "L"} else turned.convert("RGB").convert("L")
    if across > 0 and down > 0 and across / down > _STRETCHED:
        plain = plain.resize((plain.width, round(plain.height * across / down)))
    return plain


def _png(page: Image.Image) -> bytes:
    page = page if max(page.size) <= LONGEST_SIDE else page.convert("L")
    page.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    made = io.BytesIO()
    # A new picture: nothing the file said about itself goes along.
    Image.frombytes(page.mode, page.size, page.tobytes()).save(made, "PNG", optimize=False)
    return made.getvalue()


if __name__ == "__main__":
    sys.exit(main())
