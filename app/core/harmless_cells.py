"""Text in files that spreadsheets open: never a formula, whoever typed it."""

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""A text that begins so could be computed by a spreadsheet; an apostrophe makes it a text."""
_SUSPECT = frozenset((*DANGEROUS, " ", "　"))


def harmless(text: str) -> str:
    """``text`` as no spreadsheet computes it: ``=1+1`` becomes ``'=1+1``."""
    # Nearly every text ends here: its first character alone clears it.
    if text[:1] not in _SUSPECT:
        return text
    return f"'{text}" if text.lstrip(" 　").startswith(DANGEROUS) else text
