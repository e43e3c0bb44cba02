"""The code on a paper form: ``N000-03T0-018K-Q2X7``, printed as a QR code and in letters.

It says which notification (or which clinic's blank form) a returning fax belongs to, and nothing
about anybody. Sixteen signs of Crockford's alphabet: what it is (1), its key (6), its version or
serial (3), a signature (5) and a check sign (1). The check sign finds what was misread or
mistyped; the signature keeps a code that was never issued from leading anywhere.
"""

import hashlib
import hmac
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

from app.core.crypto.keys import key_ring

Kind = Literal["notification", "blank"]
ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH: Final = 16
_KINDS: Final[dict[Kind, str]] = {"notification": "N", "blank": "P"}
_DISEASE: Final = 32**4
"""Of the six signs of a blank form's key the first two name the disease, four the institution."""
_SERIAL_FROM: Final = date(2020, 1, 1)
_READ_AS = str.maketrans("OIL", "011", "-‐‑‒–—―−ー－_. 　\t\r\n")
_PURPOSE: Final = "paper codes"


@dataclass(frozen=True, slots=True)
class PaperCode:
    """``key`` is the notification's, or the institution's of a blank form; ``number`` the
    version, or the serial of the day a blank form was issued; ``disease`` the key of the disease
    a blank form is for, 0 for COVID-19."""

    kind: Kind
    key: int
    number: int
    disease: int = 0

    def __str__(self) -> str:
        text = self.compact
        return "-".join(text[at : at + 4] for at in range(0, LENGTH, 4))

    @property
    def compact(self) -> str:
        """The code without its dashes, as it stands in the QR code."""
        whole = self.key if self.kind == "notification" else self.disease * _DISEASE + self.key
        if self.kind == "blank" and self.key >= _DISEASE:
            raise ValueError("too large for a code")
        body = _KINDS[self.kind] + _digits(whole, 6) + _digits(self.number, 3)
        body += _signature(body, key_ring().current().derived(_PURPOSE))
        return body + _check_sign(body)


def serial_on(day: date) -> int:
    """The serial of blank forms issued on a day."""
    return (day - _SERIAL_FROM).days


def day_of_serial(serial: int) -> date:
    """The day a blank form was issued."""
    return _SERIAL_FROM + timedelta(days=serial)


def read_code(text: str) -> PaperCode | None:
    """The code typed or scanned; None when it is mistyped or was never issued here.

    Dashes, spaces, small and full-width letters, and O, I, L for 0 and 1 do not matter.
    """
    signs = unicodedata.normalize("NFKC", text[:100]).upper().translate(_READ_AS)
    if len(signs) != LENGTH or any(sign not in ALPHABET for sign in signs):
        return None
    body, check = signs[:-1], signs[-1]
    kind = next((kind for kind, letter in _KINDS.items() if letter == signs[0]), None)
    if kind is None or _check_sign(body) != check:
        return None
    signed, signature = body[:10], body[10:]
    keys = (key.derived(_PURPOSE) for key in key_ring().all())
    if not any(hmac.compare_digest(_signature(signed, key), signature) for key in keys):
        return None
    whole, number = _number(signed[1:7]), _number(signed[7:])
    if kind == "notification":
        return PaperCode(kind, whole, number)
    return PaperCode(kind, whole % _DISEASE, number, whole // _DISEASE)


def _signature(body: str, key: bytes) -> str:
    digest = hmac.new(key, body.encode(), hashlib.sha256).digest()
    return _digits(int.from_bytes(digest[:4]) & 0x1FFFFFF, 5)


def _check_sign(body: str) -> str:
    """Luhn's rule over 32 signs: finds every single slip and nearly every exchange of two."""
    total = 0
    for place, sign in enumerate(reversed(body)):
        value = ALPHABET.index(sign) * (2 if place % 2 == 0 else 1)
        total += value // 32 + value % 32
    return ALPHABET[-total % 32]


def _digits(number: int, places: int) -> str:
    if not 0 <= number < 32**places:
        raise ValueError("too large for a code")
    return "".join(ALPHABET[number >> 5 * place & 31] for place in reversed(range(places)))


def _number(signs: str) -> int:
    value = 0
    for sign in signs:
        value = value * 32 + ALPHABET.index(sign)
    return value
