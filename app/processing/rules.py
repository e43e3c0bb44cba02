"""Pure rules of the processing number (処理番号): eight random digits that say nothing."""

import re
import secrets

DIGITS = 8
FORM = re.compile(r"\A[0-9]{8}\Z")
VALID_HOURS = 24
"""Of use that long after it was issued (24 h stood in the official message)."""
TEST_NUMBERS = frozenset({"99999910", "99999920"})
"""Numbers with a meaning in the app's own test mode; never issued."""


def new_number() -> str:
    """A random number; never one of the app's test numbers."""
    while True:
        number = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
        if number not in TEST_NUMBERS:
            return number


def is_number(text: object) -> bool:
    """Exactly eight ASCII digits, as the app's own Validator asks."""
    return isinstance(text, str) and FORM.fullmatch(text) is not None
