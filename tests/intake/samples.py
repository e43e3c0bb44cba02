"""Scans as they arrive: drawn here, so that what is wrong with each is known."""

import io

from flask.testing import FlaskClient
from PIL import Image, ImageDraw
from werkzeug.test import TestResponse

A4_AT_100_DPI = (827, 1169)


def picture(kind: str = "PNG", size: tuple[int, int] = A4_AT_100_DPI, pages: int = 1) -> bytes:
    """Pages with a black square in the corner of each."""
    drawn = []
    for number in range(pages):
        page = Image.new("L", size, 255)
        ImageDraw.Draw(page).rectangle((20, 20, 60 + number, 60), fill=0)
        drawn.append(page)
    made = io.BytesIO()
    # Small, as a fax is: the test client never closes what it had to put into a file.
    more: dict[str, object] = {"compression": "tiff_deflate"} if kind == "TIFF" else {}
    if pages > 1:
        more |= {"save_all": True, "append_images": drawn[1:]}
    drawn[0].save(made, kind, **more)
    return made.getvalue()


def upload(client: FlaskClient, *files: tuple[str, bytes], **fields: str) -> TestResponse:
    """Send scans as the browser does."""
    sent = [(io.BytesIO(content), name) for name, content in files]
    return client.post(
        "/paper/add", data={"file": sent, **fields}, content_type="multipart/form-data"
    )
