"""What a password may be: long, not among those tried first, not about its owner.

After NIST SP 800-63B: length and a blocklist, no rules of composition, no change without reason.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from flask_babel import lazy_gettext as _l

PASSWORD_MINIMUM = 12
# Hashing time grows with length; nobody types more.
PASSWORD_MAXIMUM = 128
DISTINCT_MINIMUM = 5
WORD_MINIMUM = 3
# Beside words, years and rows of keys everybody tries, this much has to be the owner's own.
OWN_MINIMUM = 6

_WORDS = Path(__file__).with_name("data") / "common_passwords.txt"
_ROWS = ("01234567890", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm")
_ROW_MINIMUM = 4
# How letters are disguised; undone before words are looked for.
_DISGUISE = str.maketrans({"@": "a", "0": "o", "1": "i", "!": "i", "3": "e", "$": "s", "5": "s"})


def password_problems(
    password: str, *, username: str, name: str = "", words: Iterable[str] = ()
) -> list[object]:
    """Why a password cannot be taken; empty when it can. ``words``: of the owner's institution."""
    problems: list[object] = []
    if len(password) < PASSWORD_MINIMUM:
        problems.append(_l("At least %(limit)s characters.", limit=PASSWORD_MINIMUM))
    if len(password) > PASSWORD_MAXIMUM:
        problems.append(_l("At most %(limit)s characters.", limit=PASSWORD_MAXIMUM))
        return problems
    folded = unicodedata.normalize("NFKC", password).casefold()
    own = [username, *name.split(), *(part for word in words for part in word.split())]
    if any(_is_in(word, folded) for word in own):
        problems.append(
            _l("The password must not contain the user name, your name or your institution.")
        )
    if len(set(password)) < DISTINCT_MINIMUM:
        problems.append(_l("At least %(limit)s different characters.", limit=DISTINCT_MINIMUM))
    elif len(password) >= PASSWORD_MINIMUM and is_common(folded):
        problems.append(_l("This password is too easy to guess. Use several unrelated words."))
    return problems


def is_common(folded: str) -> bool:
    """True when little is left of a (case-folded) password beside what everybody tries."""
    return any(len(_own_part(spelt)) < OWN_MINIMUM for spelt in _spellings(_unit(folded)))


def is_listed(password: str) -> bool:
    """True for a password of the kind everybody tries, as it was typed."""
    return is_common(unicodedata.normalize("NFKC", password).casefold())


def _is_in(word: str, folded: str) -> bool:
    plain = unicodedata.normalize("NFKC", word).casefold()
    return len(plain) >= WORD_MINIMUM and plain in folded


def _spellings(text: str) -> tuple[str, str]:
    return text, text.translate(_DISGUISE)


def _unit(text: str) -> str:
    """The part a text repeats: "hanako" of "hanakohanako"."""
    found = re.fullmatch(r"(.+?)\1+", text, re.DOTALL)
    return found[1] if found else text


def _own_part(text: str) -> str:
    """Letters and digits that belong to no common word, year or row of keys."""
    rest = "".join(c for c in text if c.isalnum())
    for word in _common_words():
        rest = rest.replace(word, "\0")
    rest = re.sub(r"(?:19|20)\d\d", "\0", rest)
    rest = re.sub(r"(.)\1{2,}", "\0", rest)
    return _without_rows(rest).replace("\0", "")


def _without_rows(text: str) -> str:
    """Without four or more neighbours on the keyboard or in the alphabet, in either direction."""
    for row in (*_ROWS, *(row[::-1] for row in _ROWS)):
        for length in range(len(row), _ROW_MINIMUM - 1, -1):
            for start in range(len(row) - length + 1):
                text = text.replace(row[start : start + length], "\0")
    return text


@cache
def _common_words() -> tuple[str, ...]:
    """The words of the list, longest first, so that "passwords" loses all of "password"."""
    return tuple(sorted(_WORDS.read_text("utf-8").split(), key=len, reverse=True))
