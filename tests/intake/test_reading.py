"""What somebody uploads is hostile until shown otherwise: each wrong file is named in a sentence."""

import io
import struct
import zlib

import pypdfium2
import pytest
from flask import Flask
from flask_babel import force_locale
from PIL import Image

from app.core.errors import InvalidInput
from app.intake.reading import LARGEST_FILE, pages_of
from tests.intake.samples import picture

pytestmark = pytest.mark.one_database
# The smallest PDF with an encryption dictionary whose password nobody knows.
LOCKED = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 100]>>endobj
4 0 obj<</Filter/Standard/V 1/R 2/O<OWNER>/U<USER>/P -4>>endobj
trailer<</Root 1 0 R/Encrypt 4 0 R/ID[<00><00>]>>
%%EOF
""".replace(b"OWNER", b"11" * 32).replace(b"USER", b"22" * 32)


def _pdf(pages: int, size: tuple[int, int] = (595, 842)) -> bytes:
    document = pypdfium2.PdfDocument.new()
    for _number in range(pages):
        document.new_page(*size)
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def _png_that_claims(width: int, height: int) -> bytes:
    """A few bytes that ask for gigabytes once unpacked."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = zlib.compress(b"\x00" * 1_000_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF"])
def test_a_picture_becomes_a_page_of_ours(app: Flask, kind: str) -> None:
    (page,) = pages_of(picture(kind))
    assert page.startswith(b"\x89PNG")
    with Image.open(io.BytesIO(page)) as drawn:
        assert drawn.size == (827, 1169)
        assert drawn.getpixel((30, 30)) < 40


def test_every_page_of_a_pdf_and_of_a_fax_is_drawn_at_fax_resolution(app: Flask) -> None:
    pages = pages_of(_pdf(3))
    assert len(pages) == 3
    with Image.open(io.BytesIO(pages[0])) as drawn:
        assert drawn.height == 2340
    assert len(pages_of(picture("TIFF", pages=4))) == 4


def test_a_standard_fax_is_stretched_to_its_true_height(app: Flask) -> None:
    made = io.BytesIO()
    Image.new("1", (1728, 1100), 1).save(made, "TIFF", dpi=(204, 98), compression="group4")
    (page,) = pages_of(made.getvalue())
    with Image.open(io.BytesIO(page)) as drawn:
        assert 1.25 < drawn.height / drawn.width < 1.4


def test_what_the_file_says_about_itself_is_not_kept(app: Flask) -> None:
    made = io.BytesIO()
    data = Image.Exif()
    data[0x010E] = "secret description"
    Image.new("L", (50, 50)).save(made, "JPEG", exif=data)
    (page,) = pages_of(made.getvalue())
    assert b"secret" not in page


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "空です"),
        (b"MZ\x90 not a scan at all", "PDFでも画像"),
        (b"<svg onload=alert(1)>", "PDFでも画像"),
        (b"%PDF-1.7 and then nothing", "壊れて"),
        (LOCKED, "パスワード"),
        (b"0" * (LARGEST_FILE + 1), "10 MB"),
        (_pdf(500), "20ページ"),
        (picture()[:200], "壊れて"),
        (_png_that_claims(9_000, 9_000), "大きすぎ"),
        (_png_that_claims(60_000, 60_000), "大きすぎ"),
    ],
    ids=[
        *("empty", "program", "svg", "broken pdf", "locked pdf", "too heavy", "500 pages"),
        *("cut off", "81 megapixels", "bomb"),
    ],
)
def test_a_wrong_file_is_refused_with_its_reason(app: Flask, content: bytes, words: str) -> None:
    with app.test_request_context(), force_locale("ja"):
        with pytest.raises(InvalidInput) as refused:
            pages_of(content)
        (sentence,) = refused.value.problems["file"]
        assert words in str(sentence)
