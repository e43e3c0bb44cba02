"""Names, days and addresses taken apart for comparing: what may differ between two spellings.

Pure, and looser than the keys people search by (``rules.kana_key``): here a long vowel, a
voiced mark or the order of the words makes no difference.
"""

import re
import unicodedata
from datetime import date
from functools import lru_cache
from itertools import pairwise

from app.core import japanese
from app.core.kanji import VARIANTS

_BETWEEN_WORDS = re.compile(r"[\s・･,，、.．=＝]+")
_MARKS = {0x3099, 0x309A}
_ROWS = ("アカサタナハマヤラワ", "イキシチニヒミリ", "ウクスツヌフムユル", "エケセテネヘメレ")
_VOWEL = {kana: vowel for row, vowel in zip(_ROWS, "アイウエ", strict=True) for kana in row}
_VOWEL |= dict.fromkeys("オコソトノホモヨロ", "オ")
_LENGTHENS = {"ア": "ア", "イ": "イエ", "ウ": "ウオ", "エ": "エ", "オ": "オ"}
"""A vowel sign → the vowels it only lengthens: オオノ and オウノ and オノ are told apart late."""

_PREFECTURE = re.compile(r"^(北海道|東京都|(?:京都|大阪)府|\S{2,3}?県)")
_KANJI_DIGITS = str.maketrans("〇一二三四五六七八九", "0123456789")
_CHOME = re.compile(r"([一二三四五六七八九十]{1,3})(?=丁目)")
_SEPARATORS = re.compile(r"(丁目|番地の|番地|番|号(?!室|棟|館)|の(?=[0-9])|-)")
_PLOT = re.compile(r"[0-9]+(?:/[0-9]+)*")
_OAZA = re.compile(r"大字|字(?=\S)")


def words_of(reading: str | None) -> tuple[str, ...]:
    """The words of a reading or Latin name, each as it is searched: ``ﾜﾀﾅﾍﾞ　ｼﾞｭﾝ`` →
    ``("ワタナベ", "ジユン")``; empty when nothing is left of it."""
    parts = _BETWEEN_WORDS.split(unicodedata.normalize("NFKC", reading or ""))
    return tuple(key for key in map(japanese.kana_key, parts) if key)


@lru_cache(maxsize=1 << 13)
def loose(word: str) -> str:
    """A word of :func:`words_of` without voiced marks and long vowels: ``オオタニ`` → ``オタニ``."""
    plain = "".join(
        sign for sign in unicodedata.normalize("NFD", word) if ord(sign) not in _MARKS
    ).replace("ー", "")
    kept = plain[:1]
    for before, sign in pairwise(plain):
        if _VOWEL.get(before) is None or _VOWEL[before] not in _LENGTHENS.get(sign, ""):
            kept += sign
    return kept


def written(name: str | None) -> str:
    """A written name without spaces, its variants kept: compared before ``name_key`` is."""
    return "".join(unicodedata.normalize("NFKC", name or "").split())


def variants_unified(name: str | None) -> str:
    """The same with old and popular kanji as the common form."""
    return japanese.name_key((name or "").translate(VARIANTS))


def address_key(address: str | None) -> str:
    """An address up to its plot, however it was written; empty without a plot.

    ``東京都新宿区西新宿二丁目８番１号 都庁 3F`` and ``新宿区西新宿2-8-1`` → ``新宿区西新宿2/8/1``.
    """
    text = "".join(japanese.hyphenated(address or "").split())
    text = _CHOME.sub(lambda found: str(_number(found.group(1))), _PREFECTURE.sub("", text))
    text = _SEPARATORS.sub("/", _OAZA.sub("", text)).translate(VARIANTS)
    plot = _PLOT.search(text)
    if plot is None or plot.start() == 0:
        return ""
    return text[: plot.start()] + plot.group()


def room_of(address: str | None) -> str:
    """What follows the plot: building and room, in digits alone; empty for a house of its own."""
    text = "".join(japanese.hyphenated(address or "").split())
    text = _SEPARATORS.sub("/", _CHOME.sub(lambda f: str(_number(f.group(1))), text))
    plot = _PLOT.search(text)
    return "" if plot is None else japanese.digits(text[plot.end() :])


@lru_cache(maxsize=1 << 13)
def day_parts(day: date) -> tuple[str, str]:
    """(year, ``MMDD`` with the smaller of month and day first): what survives a swap."""
    low, high = sorted((day.month, day.day))
    return str(day.year), f"{low:02d}{high:02d}"


def _number(kanji: str) -> int:
    tens, ten, units = kanji.rpartition("十")
    if not ten:
        return int(units.translate(_KANJI_DIGITS))
    high = int(tens.translate(_KANJI_DIGITS)) if tens else 1
    return high * 10 + (int(units.translate(_KANJI_DIGITS)) if units else 0)
