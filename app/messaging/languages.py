"""The languages patients are written to, and the catalogue of what is said to them.

A gettext domain of its own (``translations/<language>/LC_MESSAGES/patient.po``): the screens of
staff stay Japanese and English.
"""

import gettext
from collections.abc import Callable
from functools import cache

from config import ROOT

LANGUAGES: dict[str, str] = {
    "ja": "日本語",
    "ja_Hira": "やさしい日本語",
    "en": "English",
    "zh_Hans": "简体中文",
    "zh_Hant": "繁體中文",
    "ko": "한국어",
    "pt_BR": "Português",
    "vi": "Tiếng Việt",
    "ne": "नेपाली",
    "tl": "Tagalog",
    "id": "Bahasa Indonesia",
    "es": "Español",
    "th": "ไทย",
    "my": "မြန်မာ",
    "ru": "Русский",
}
"""Code → its own name, in the order of the choice on the page."""

HTML_CODES = {"ja_Hira": "ja-Hira", "zh_Hans": "zh-Hans", "zh_Hant": "zh-Hant", "pt_BR": "pt-BR"}
"""Codes as a page says them (BCP 47), where they differ."""

DEFAULT = "ja"
DOMAIN = "patient"


@cache
def catalogue(language: str) -> gettext.NullTranslations:
    """The sentences of a language; English is what stands in the source."""
    known = language if language in LANGUAGES else DEFAULT
    return gettext.translation(
        DOMAIN, localedir=str(ROOT / "translations"), languages=[known], fallback=True
    )


def sentence(language: str, words: str) -> str:
    """``words`` (English, as in the source) in ``language``."""
    return catalogue(language).gettext(words) if words else ""


def speaker(language: str) -> Callable[..., str]:
    """``say("…%(n)s…", n=1)`` in one language, as the patient pages use it."""

    def say(words: str, **values: object) -> str:
        found = sentence(language, words)
        return found % values if values else found

    return say


def P(words: str) -> str:  # noqa: N802 - the mark of a sentence, as _ and _l are elsewhere
    """Mark a sentence for the patients' catalogue."""
    return words


def html_code(language: str) -> str:
    """The code for ``lang=``."""
    return HTML_CODES.get(language, language)
