"""Japanese text: one spelling to store, and keys under which spellings meet.

Stored text keeps what was meant; keys (``kana_key``, ``name_key``, ``phone_key``) are for
indexed searching and matching only, lose information on purpose and are never shown.
"""

import re
import unicodedata

from app.core.kanji import VARIANTS
from app.core.labels import Label
from app.core.problems import InputProblem

HYPHENS = "-‐‑‒–—―−﹣－ｰー─━"
"""Everything people type for a hyphen, a minus or a long-vowel mark."""

_TO_HYPHEN = str.maketrans(dict.fromkeys(HYPHENS, "-"))
_TO_LONG_VOWEL = str.maketrans(dict.fromkeys(HYPHENS, "ー"))
# NFKC would turn these free-standing marks into a space and a combining mark.
_VOICED_MARKS = str.maketrans("゛゜\uff9e\uff9f", "\u3099\u309a\u3099\u309a")
_HIRAGANA = str.maketrans(
    {chr(code): chr(code + 0x60) for code in (*range(0x3041, 0x3097), 0x309D, 0x309E)}
)
_SAME_SOUND = str.maketrans(
    "ァィゥェォッャュョヮヵヶㇰㇱㇲㇳㇴㇵㇶㇷㇸㇹㇺㇻㇼㇽㇾㇿヂヅヰヱヲ",
    "アイウエオツヤユヨワカケクシストヌハヒフヘホムラリルレロジズイエオ",
)
_LATIN = str.maketrans({"Ø": "O", "Ł": "L", "Đ": "D", "Æ": "AE", "Œ": "OE"})
_HALF_KANA = re.compile("[\uff61-\uff9f]+")
# Registered glyphs such as U+FA19; NFKC would replace the character of somebody's name.
_COMPATIBILITY_KANJI = re.compile("([\uf900-\ufaff\U0002f800-\U0002fa1f]+)")
_SPACES = re.compile(r"[ \t\n\r\v\f\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")
_LINE_END = re.compile(r"\r\n|[\r\v\f\x85\u2028\u2029]")
_PLAIN_KANA = re.compile("[ァ-ヺー \u3000]*")
_PLAIN_KANJI = re.compile("[\u4e00-\u9fff \u3000]*")
_WITHOUT_BLANKS = str.maketrans("", "", " \u3000")
_PLAIN = re.compile("[ァ-ヺー\u4e00-\u9fffA-Za-z0-9]*")
"""Letters without accents: what is none of a Latin letter stays as it is."""
_REPEATING = re.compile("[々ヽヾ]")
_NO_LETTER = re.compile(r"[\W_]+")
_NO_DIGIT = re.compile("[^0-9]+")
_INLINE_SPACE = frozenset("\t\n\r\v\f\x85")
_EXTENSION = re.compile(r"(内線|ext|x[0-9]).*", re.IGNORECASE | re.DOTALL)


def normalise(text: str) -> str:
    """One line as it is stored: NFKC, one space between words, none at the ends.

    Kanji keep their registered glyph, invisible formatting characters are dropped.

    Raises:
        InputProblem: ``control_character`` when the text holds NUL or another control
            character.
    """
    if text.isascii() and text.isprintable():
        return _SPACES.sub(" ", text).strip() if "  " in text else text.strip()
    checked = _without_invisible(text).translate(_VOICED_MARKS)
    if _COMPATIBILITY_KANJI.search(checked) is None:
        return _SPACES.sub(" ", _nfkc(checked)).strip()
    parts = _COMPATIBILITY_KANJI.split(checked)
    folded = "".join(part if index % 2 else _nfkc(part) for index, part in enumerate(parts))
    return _SPACES.sub(" ", folded).strip()


def normalise_lines(text: str) -> str:
    """Free text as it is stored: NFC, LF line ends, half-width kana widened.

    Not NFKC: ``①`` or ``㎎`` are part of what somebody wrote.

    Raises:
        InputProblem: ``control_character``, as :func:`normalise`.
    """
    checked = _LINE_END.sub("\n", _without_invisible(text))
    widened = _HALF_KANA.sub(lambda run: unicodedata.normalize("NFKC", run.group()), checked)
    lines = (line.rstrip() for line in unicodedata.normalize("NFC", widened).split("\n"))
    return "\n".join(lines).strip("\n\u3000 \t")


def to_katakana(text: str) -> str:
    """A reading as it is stored: :func:`normalise`, hiragana and half-width to full katakana.

    Hyphens after kana are long-vowel marks. Raises as :func:`normalise`.
    """
    katakana = normalise(text).translate(_HIRAGANA)
    return re.sub(f"(?<=[ァ-ヺ])[{HYPHENS}]", "ー", katakana)


def kana_key(text: str) -> str:
    """The key under which readings are searched: ``ﾜﾀﾅﾍﾞ　ｼﾞｭﾝ`` → ``ワタナベジユン``.

    Katakana whatever was typed; no spaces, dots or other signs; hyphens and long-vowel marks
    are ``ー``; small kana count as large (ャ=ヤ); ヂ=ジ, ヅ=ズ, ヰ=イ, ヱ=エ, ヲ=オ, because one
    person is written both ways; other voiced marks stay (カ≠ガ); ゝ and ヾ repeat the kana
    before them; Latin letters are upper-case without accents. Never fails.
    """
    if _PLAIN_KANA.fullmatch(text):
        return text.translate(_WITHOUT_BLANKS).translate(_SAME_SOUND)
    folded = _nfkc(text.translate(_VOICED_MARKS)).translate(_HIRAGANA)
    # A mark repeats the letter before it, whatever signs lie between: they are dropped first.
    letters = _repeated(_letters(folded.translate(_TO_LONG_VOWEL)))
    bases = letters if _PLAIN.fullmatch(letters) else "".join(map(_base_letter, letters))
    plain = bases.upper().translate(_LATIN)
    return _letters(plain.translate(_SAME_SOUND))


def name_key(text: str) -> str:
    """The key under which written names meet: ``渡邉　髙志`` → ``渡辺高志``.

    Old, popular and variant kanji become the common one (see ``app.core.kanji``), 々 repeats
    the kanji before it, kana fold as in :func:`kana_key`. Never fails.
    """
    common = text.translate(VARIANTS)
    if _PLAIN_KANJI.fullmatch(common):
        return common.translate(_WITHOUT_BLANKS)
    return kana_key(common).translate(VARIANTS)


def digits(text: str) -> str:
    """The ASCII digits of ``text`` in order, leading zeros kept; other signs are dropped."""
    return _NO_DIGIT.sub("", _nfkc(text))


def phone_key(text: str) -> str:
    """A telephone number as digits: ``+81 (0)90−1234−5678`` → ``09012345678``.

    An extension (内線) is left out; a foreign number keeps its ``+``.
    """
    folded = _EXTENSION.sub("", _nfkc(text))
    number = digits(folded)
    if not folded.strip().startswith("+"):
        return number
    if number.startswith("81"):
        return "0" + number[2:].removeprefix("0")
    return f"+{number}" if number else ""


def postal_code(text: str) -> str:
    """A Japanese postal code as seven digits: ``〒１５０−０００１`` → ``1500001``.

    Raises:
        InputProblem: ``postal_code`` when it is not seven digits.
    """
    folded = _nfkc(text).translate(_TO_HYPHEN)
    match = re.fullmatch(r"〒?([0-9]{3})-?([0-9]{4})", _SPACES.sub("", folded))
    if match is None:
        raise InputProblem("postal_code", NOT_A_POSTAL_CODE)
    return match[1] + match[2]


def format_postal_code(code: str) -> str:
    """``1500001`` → ``150-0001``; anything else is shown as it is."""
    return f"{code[:3]}-{code[3:]}" if len(code) == 7 else code


def hyphenated(text: str) -> str:
    """``text`` folded by NFKC with every kind of hyphen and long-vowel mark as ``-``."""
    return _nfkc(text).translate(_TO_HYPHEN)


NOT_A_POSTAL_CODE = Label(
    "郵便番号は7桁の数字で入力してください。", "A postal code has seven digits."
)
CONTROL_CHARACTER = Label(
    "使用できない文字（制御文字）が含まれています。",
    "The text contains a character that cannot be used (a control character).",
)


def _without_invisible(text: str) -> str:
    """``text`` without zero-width and direction marks; control characters are an error."""
    # Whatever is not shown is a control, a format, a separator or a surrogate; the wide blank is
    # a separator that names are full of.
    if text.replace("\u3000", "").isprintable():
        return text
    kept = []
    for sign in text:
        category = unicodedata.category(sign)
        if category in ("Cc", "Cs") and sign not in _INLINE_SPACE:
            raise InputProblem("control_character", CONTROL_CHARACTER)
        if category != "Cf":
            kept.append(sign)
    return "".join(kept)


def _nfkc(text: str) -> str:
    """NFKC; most text is in it already, which is found out for a fraction of the cost."""
    if text.isascii() or unicodedata.is_normalized("NFKC", text):
        return text
    return unicodedata.normalize("NFKC", text)


def _letters(text: str) -> str:
    return text if text.isalnum() else _NO_LETTER.sub("", text)


def _repeated(text: str) -> str:
    """``text`` with the iteration marks 々 ヽ ヾ written out."""
    if not _REPEATING.search(text):
        return text
    out: list[str] = []
    for sign in text:
        if out and sign in "々ヽ":
            out.append(out[-1])
        elif out and sign == "ヾ":
            out.append(unicodedata.normalize("NFC", out[-1] + "\u3099"))
        else:
            out.append(sign)
    return "".join(out)


def _base_letter(sign: str) -> str:
    """A Latin letter without its accents; every other character as it is."""
    if sign.isascii():
        return sign
    base = unicodedata.normalize("NFD", sign)
    return base[0] if base[0].isascii() else sign
