"""Words in two languages, kept beside the thing they name."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from flask import has_request_context
from flask_babel import get_locale
from markupsafe import escape


@dataclass(frozen=True, slots=True)
class Label:
    """A term in Japanese and English; ``str()`` gives the reader's language.

    Outside a request (jobs, command line) the language is Japanese.
    """

    ja: str
    en: str

    def __str__(self) -> str:
        return self.en if current_language() == "en" else self.ja

    def __html__(self) -> str:
        return str(escape(str(self)))


def current_language() -> str:
    """``ja`` or ``en``: the language the page being made is read in."""
    if not has_request_context():
        return "ja"
    locale = get_locale()
    return "en" if locale is not None and locale.language == "en" else "ja"


@dataclass(frozen=True, slots=True)
class Code:
    """One value of a code list: what is stored, and what is read."""

    value: str
    label: Label


class CodeList:
    """An ordered list of values an item may take. Stored values are lower-case words.

    ``tones`` gives a value a colour on status tags (``info`` ``success`` ``warning``
    ``danger``); the word and an icon always stand beside the colour. ``extended``: registered
    words may stand beside the list's own (the options of a disease); forms offer them, and a
    record may hold them. ``also``: further words of files and workbooks for a value, read but
    never shown.
    """

    def __init__(
        self,
        name: str,
        *codes: tuple[str, str, str],
        tones: Mapping[str, str] | None = None,
        extended: bool = False,
        also: Mapping[str, str] | None = None,
    ) -> None:
        self.name = name
        self.also = dict(also or {})
        self.extended = extended
        self.tones = dict(tones or {})
        self.codes = tuple(Code(value, Label(ja, en)) for value, ja, en in codes)
        self._by_value = {code.value: code for code in self.codes}

    def __contains__(self, value: object) -> bool:
        return value in self._by_value

    def __iter__(self) -> Iterator[Code]:
        return iter(self.codes)

    @property
    def values(self) -> tuple[str, ...]:
        """Every stored value, in the list's order."""
        return tuple(self._by_value)

    def label(self, value: str) -> str:
        """The reader's word for a stored value; an unknown value is shown as it is."""
        code = self._by_value.get(value)
        return str(code.label) if code else value

    def value_of(self, text: str) -> str | None:
        """The stored value whose value or label (either language) is ``text``, or None."""
        for code in self.codes:
            if text in (code.value, code.label.ja, code.label.en):
                return code.value
        return None


YES_NO_UNKNOWN = CodeList(
    "yes_no_unknown",
    ("yes", "有", "Yes"),
    ("no", "無", "No"),
    ("unknown", "不明", "Unknown"),
    also={
        **dict.fromkeys(("あり", "有り", "はい", "○"), "yes"),
        **dict.fromkeys(("なし", "無し", "いいえ", "×"), "no"),
    },
)
"""Three-valued: "not known" is an answer and must survive a save."""
