"""Text in files that spreadsheets open: never a formula, whoever typed it."""

import re
from collections.abc import Iterable

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""A text that begins so could be computed by a spreadsheet; an apostrophe makes it a text."""
_SUSPECT = frozenset((*DANGEROUS, " ", "　"))


_BETWEEN = "\x00"
_SUSPECT_START = re.compile(f"{_BETWEEN}[{re.escape(''.join(_SUSPECT))}]")


def all_harmless(texts: Iterable[str | None]) -> bool:
    """True when no text has to be looked at one by one; a look at many at once."""
    together = _BETWEEN.join(filter(None, texts))
    return _SUSPECT_START.search(_BETWEEN + together) is None


def harmless(text: str) -> str:
    """``text`` as no spreadsheet computes it: ``=1+1`` becomes ``'=1+1``."""
    # Nearly every text ends here: its first character alone clears it.
    if text[:1] not in _SUSPECT:
        return text
    return f"'{text}" if text.lstrip(" 　").startswith(DANGEROUS) else text
