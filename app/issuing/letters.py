"""Activation letters: an A4 page per account with its sign-in name and one-time code.

The QR code carries the address of the activation page with name and code behind ``#``: a
browser keeps that part to itself, so neither our log nor a proxy's ever holds a code.
"""

import io
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from importlib.resources import files
from pathlib import Path
from urllib.parse import urlencode

import segno
from flask import current_app
from flask_babel import gettext as _
from markupsafe import Markup

from app.accounts.models import Account
from app.core import clock
from app.core.errors import InvalidState
from app.core.labels import current_language
from app.core.pdf import compile_pdf
from app.security.roles import RoleName, role_of


@dataclass(frozen=True, slots=True)
class Letter:
    """What stands on one page; ``qr`` is a drawing (SVG)."""

    institution: str
    name: str
    username: str
    role: str
    address: str
    code: str
    expires_at: str
    issued_on: str
    qr: str


def activation_address() -> str:
    """The address people type.

    Raises:
        InvalidState: nobody configured the address of the portal.
    """
    base = current_app.config["PORTAL_URL"]
    if not base:
        raise InvalidState(_("The address of the portal (PORTAL_URL) is not configured."))
    return f"{base}/activate"


def link_with_code(username: str, code: str) -> str:
    """The address a QR code or a mail leads to; what stands behind ``#`` is never sent."""
    return f"{activation_address()}#{urlencode({'u': username, 'c': code})}"


def drawing_of(username: str, code: str) -> Markup:
    """The QR code for a page."""
    svg = segno.make(link_with_code(username, code), error="m").svg_inline(
        omitsize=True, svgclass=None, lineclass=None
    )
    return Markup(svg)  # noqa: S704 -- segno draws paths; no text of ours or others is in it


def letter_for(account: Account, code: str, days: int) -> Letter:
    """The letter of an account; its code was made a moment ago and is valid for ``days``."""
    username = account.user.username
    made_at = clock.in_japan(clock.now())
    drawing = io.BytesIO()
    segno.make(link_with_code(username, code), error="m").save(drawing, kind="svg", border=2)
    return Letter(
        institution=account.institution.name,
        name=account.display_name,
        username=username,
        role=str(role_of(RoleName(account.role)).label),
        address=activation_address(),
        code=code,
        expires_at=f"{made_at + timedelta(days=days):%Y/%m/%d %H:%M}",
        issued_on=f"{made_at:%Y/%m/%d}",
        qr=drawing.getvalue().decode(),
    )


def write_letters(letters: Sequence[Letter], path: Path) -> None:
    """One PDF with a page per letter."""
    values = {"letters": [asdict(letter) for letter in letters], "words": _words()}
    path.write_bytes(compile_pdf(files("app.issuing") / "letter.typ", values))


def _words() -> dict[str, object]:
    return {
        "lang": current_language(),
        "portal": current_app.config["APP_NAME"],
        "title": _("Your account: how to begin"),
        "honorific": _("(to the person named)"),
        "issued": _("Issued on"),
        "opening": _(
            "An account has been issued to you. It belongs to you alone and must not be shared. "
            "Activate it with the one-time code below before it expires."
        ),
        "address": _("Address of the portal"),
        "username": _("User name"),
        "role": _("Role"),
        "code": _("Activation code"),
        "expires": _("Valid until"),
        "qr": _("Activation page"),
        "steps_title": _("Four steps"),
        "steps": [
            _("Open the address above, or read the QR code with the device you will work with."),
            _("Enter the user name and the activation code."),
            _("Choose a password of at least 12 characters that nobody else knows."),
            _(
                "Read the code shown with an authenticator app, enter its six digits, and print "
                "the recovery codes. You are signed in."
            ),
        ],
        "care_title": _("Please note"),
        "care": [
            _("The code works once. A letter printed later makes this one void."),
            _("Nobody will ever ask you for your password or your code, the help desk included."),
            _("Destroy this letter after the activation (shred it)."),
            _("If the code has expired, ask the ID administrator of your institution."),
        ],
        "foot": _("Only for the person named above. If found, return it to the institution."),
    }
