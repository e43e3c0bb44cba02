"""Words of files and the codes they stand for. Pure."""

import re
from collections.abc import Mapping

from app.core.labels import CodeList
from app.core.remembering import remembered
from app.tables.written import folded

_CODED = re.compile(r"([0-9]{1,3})\s*[_.:．：,、)\-ー ]\s*(?=\S)(.+)", re.DOTALL)


def code_of(text: str, code_list: CodeList, value_map: Mapping[str, str]) -> str | None:
    """The code a folded word stands for, "" for "leave blank", None when it is on no list."""
    own = {folded(word): value for word, value in value_map.items()}
    number, rest = number_and_word(text)
    for key in (text, rest, number):
        if key and key in own:
            return own[key]
    words = _words(code_list)
    return words.get(text) or (words.get(rest) if rest else None)


@remembered
def _words(code_list: CodeList) -> Mapping[str, str]:
    """Every way of saying a code of the list, folded; the first that claims a word has it."""
    found: dict[str, str] = {}
    for code in code_list:
        for word in (code.value, code.label.ja, code.label.en):
            found.setdefault(folded(word), code.value)
    for code in code_list:
        for word in (code.label.ja, code.label.en):
            short = folded(word).split("(")[0]
            if short:
                found.setdefault(short, code.value)
    for word, value in code_list.also.items():
        found.setdefault(folded(word), value)
    return found


def number_and_word(text: str) -> tuple[str, str]:
    """``01_男性`` → ``01`` and ``男性``; two empty texts when no number leads."""
    match = _CODED.fullmatch(text)
    return (match[1], match[2]) if match else ("", "")
