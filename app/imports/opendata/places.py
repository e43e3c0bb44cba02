"""Prefectures, municipalities and authorities as an imported row names them; pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.institutions.rules import lg_code


@dataclass(frozen=True, slots=True)
class Places:
    """The master data a row is checked against.

    ``prefectures``: name → code. ``municipalities``: (prefecture code, name) → five-digit
    code, names that occur twice left out. ``authorities``: six-digit code → institution id.
    """

    prefectures: Mapping[str, str]
    municipalities: Mapping[tuple[str, str], str]
    authorities: Mapping[str, int]

    def authority_of(self, code: str) -> int | None:
        """The authority that published: itself, else the prefecture a smaller town belongs to."""
        return self.authorities.get(code) or self.authorities.get(lg_code(f"{code[:2]}000"))

    def municipality_in(self, residence: str, prefecture_code: str) -> str | None:
        """The code of the one municipality of the prefecture that ``residence`` names."""
        name = residence
        for prefecture, code in self.prefectures.items():
            if code == prefecture_code:
                name = residence.removeprefix(prefecture).strip()
        return self.municipalities.get((prefecture_code, name))


def names_of_municipalities(rows: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """(prefecture code, name) → code from (code, name); 郡 may be left out where that is clear."""
    spellings = [
        (code[:2], spelling, code) for code, name in rows for spelling in _with_and_without(name)
    ]
    uses = Counter((prefecture, name) for prefecture, name, _code in spellings)
    return {(p, name): code for p, name, code in spellings if uses[p, name] == 1}


def publisher_code(written: str, prefecture_code: str) -> str | None:
    """The six-digit 全国地方公共団体コード, a lost leading zero put back; None when it is wrong.

    The check digit and the prefecture of the row have to agree.
    """
    code = written.zfill(6)
    right = code.isascii() and code.isdigit() and len(code) == 6 and len(written) >= 5
    if not right or not code.startswith(prefecture_code):
        return None
    return code if lg_code(code[:5]) == code else None


def _with_and_without(name: str) -> set[str]:
    county, _, rest = name.partition("郡")
    return {name, rest} if county and rest else {name}
