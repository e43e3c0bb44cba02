"""Keys under which a person is found, whatever way the name or number was typed."""

import re
import unicodedata

_NOT_A_LETTER = re.compile(r"[\W_]+")
_NOT_A_DIGIT = re.compile(r"\D")
_HIRAGANA_TO_KATAKANA = {code: code + 0x60 for code in range(0x3041, 0x3097)}


def kana_key(text: str | None) -> str | None:
    """The name for comparison: NFKC, katakana, upper case, without spaces and marks.

    A blank name gives None. The long-vowel mark ー is a letter and stays.
    """
    if not text:
        return None
    wide = unicodedata.normalize("NFKC", text).translate(_HIRAGANA_TO_KATAKANA)
    return _NOT_A_LETTER.sub("", wide).upper() or None


def phone_key(text: str | None) -> str | None:
    """The digits of a telephone number; +81 becomes the leading 0. None when there are none."""
    if not text:
        return None
    plain = unicodedata.normalize("NFKC", text).strip()
    digits = _NOT_A_DIGIT.sub("", plain)
    if plain.startswith("+81"):
        digits = "0" + digits.removeprefix("81").removeprefix("0")
    return digits or None
