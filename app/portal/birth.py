"""Reading a birth date as people type it on a phone."""

import unicodedata
from datetime import date

from app.core.dates import parse_date
from app.core.problems import InputProblem

_DIGITS = 8


def read_birth_date(typed: str) -> date | None:
    """``19800401``, ``１９８０年４月１日``, ``昭和55年4月1日``, ``1980-4-1``; None for anything else."""
    plain = unicodedata.normalize("NFKC", typed[:40]).strip()
    digits = "".join(plain.split())
    if len(digits) == _DIGITS and digits.isascii() and digits.isdigit():
        plain = f"{digits[:4]}-{digits[4:6]}-{digits[6:]}"
    try:
        return parse_date(plain)
    except (InputProblem, ValueError):
        return None
