"""The signed link: its number, and a proof that only the portal can have made it.

``/p/<number>.<proof>``: short enough for an SMS, without upper case (read aloud, typed from
paper). The proof covers the generation, so that a link issued anew kills the one before.
"""

import base64
import hashlib
import hmac

from flask import current_app

from app.core.errors import InvalidState

_PROOF_BYTES = 15
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_LONGEST = 8


def token_of(link_id: int, generation: int) -> str:
    """What stands behind ``/p/``."""
    return f"{_base36(link_id)}.{_proof(link_id, generation)}"


def address_of(link_id: int, generation: int) -> str:
    """The whole address.

    Raises:
        InvalidState: nobody configured the address of the portal.
    """
    base = current_app.config["PORTAL_URL"]
    if not base:
        raise InvalidState("PORTAL_URL")
    return f"{base}/p/{token_of(link_id, generation)}"


def link_id_in(token: str) -> int | None:
    """The number a token names, proved or not; None for what is no token."""
    number, dot, _proof_part = token.partition(".")
    if not dot or not 0 < len(number) <= _LONGEST or set(number) - set(_DIGITS):
        return None
    found = int(number, 36)
    return found if 0 < found < 2**31 else None


def is_proved(token: str, link_id: int, generation: int) -> bool:
    """True when the token is the present one of the link."""
    return hmac.compare_digest(token.encode(), token_of(link_id, generation).encode())


def _proof(link_id: int, generation: int) -> str:
    secret = str(current_app.config["SECRET_KEY"]).encode()
    said = f"patient link|{link_id}|{generation}".encode()
    digest = hmac.new(secret, said, hashlib.sha256).digest()[:_PROOF_BYTES]
    return base64.b32encode(digest).decode().lower().rstrip("=")


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, rest = divmod(number, 36)
        digits = _DIGITS[rest] + digits
    return digits or "0"
