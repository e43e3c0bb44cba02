"""A new authenticator as a page shows it."""

from typing import Any

import pyotp
import segno
from flask import current_app
from markupsafe import Markup


def authenticator(username: str, secret: str) -> dict[str, Any]:
    """The QR code as SVG and the same secret and address as text, for authenticators without a
    camera (RFC 6238; SHA-1, six digits, 30 seconds, which every authenticator assumes)."""
    uri = pyotp.TOTP(secret).provisioning_uri(
        name=username, issuer_name=current_app.config["APP_NAME"]
    )
    # Without a size of its own the drawing fills the place the style sheet gives it.
    svg = segno.make(uri, error="m").svg_inline(omitsize=True, svgclass=None, lineclass=None)
    grouped = " ".join(secret[i : i + 4] for i in range(0, len(secret), 4))
    drawing = Markup(svg)  # noqa: S704 -- segno draws paths; no text of ours or others is in it
    return {"qr_svg": drawing, "secret_text": grouped, "otpauth_uri": uri}
