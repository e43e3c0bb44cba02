"""What stands in the cells of a row, in the shape in which the entry form is posted."""

import re
from collections.abc import Mapping
from typing import Final

from werkzeug.datastructures import MultiDict

from app.core.fields.choices import NONE_OF_THESE, OWN_NONE
from app.core.japanese import digits, normalise
from app.core.labels import CodeList
from app.core.problems import InputProblem
from app.notifications.layout import LINES, METHODS, TEST_PARTS
from app.sheets.layout import SheetForm, kind_of

_BETWEEN = re.compile(r"[、，,;；\n]+")
_NONE = frozenset({"なし", "無し", "無", "該当なし", "none"})
POSTAL_DIGITS: Final = 7


def posted(texts: Mapping[str, str], form: SheetForm) -> MultiDict[str, str]:
    """The cells as data of the form: words become codes, names stand where names are posted.

    A word that is on no list is passed on as it is: the form says what is wrong with it.
    """
    data: MultiDict[str, str] = MultiDict()
    for name in LINES:
        text = texts.get(name, "")
        if not text.strip() or not form.asks(name):
            continue
        kind = kind_of(name)
        codes = form.codes.get(name)
        if kind == "codes" and codes is not None:
            data.setlist(name, _several(codes, text))
        elif kind == "reference":
            data[f"{name}_text"] = text.strip()
        elif codes is not None:
            data[name] = code_of(codes, text)
        else:
            data[name] = _postal_code(text) if name == "postal_code" else text
    _name_methods(data)
    return data


def code_of(codes: CodeList, text: str) -> str:
    """The code behind a word: in full, in short, or as people also say; else the word itself."""
    word = _folded(text)
    for code in codes:
        label = _folded(code.label.ja)
        if word in (code.value, label, _folded(code.label.en), label.split("(")[0]):
            return code.value
    for also, value in codes.also.items():
        if word == _folded(also) and value in codes:
            return value
    begun = [code.value for code in codes if len(word) > 1 and _begins(code.label.ja, word)]
    return begun[0] if len(begun) == 1 else text.strip()


def _several(codes: CodeList, text: str) -> list[str]:
    found = []
    # Words with a separator in them are taken out whole before the rest is split.
    whole = [code for code in codes if _BETWEEN.search(code.label.ja)]
    for code in sorted(whole, key=lambda one: -len(one.label.ja)):
        if code.label.ja in text:
            found.append(code.value)
            text = text.replace(code.label.ja, "、")
    words = [word for word in _BETWEEN.split(text) if word.strip()]
    none = OWN_NONE if OWN_NONE in codes else NONE_OF_THESE
    return found + [none if _folded(word) in _NONE else code_of(codes, word) for word in words]


def _name_methods(data: MultiDict[str, str]) -> None:
    """A specimen or result under a method says that the method was used."""
    named = data.getlist("diagnosis_methods")
    told = [m for m in METHODS if any(data.get(f"test_{m}_{part}") for part in TEST_PARTS)]
    missing = [method for method in told if method not in named]
    if missing:
        data.setlist("diagnosis_methods", [*named, *missing])


def _postal_code(text: str) -> str:
    """A cell of numbers has lost the zeros a postal code begins with."""
    plain = text.strip()
    is_number = plain.isascii() and plain.isdigit() and 4 < len(plain) < POSTAL_DIGITS
    return digits(plain).zfill(POSTAL_DIGITS) if is_number else text


def _begins(label: str, word: str) -> bool:
    return _folded(label).startswith(word)


def _folded(text: str) -> str:
    try:
        return normalise(text).replace(" ", "")
    except InputProblem:
        return text.strip()
