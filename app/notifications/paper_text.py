"""Words of a form on paper: what fits a cell, what goes to the sheet that follows, dates."""

import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

from app.core.dates import ERAS
from app.core.japanese import format_postal_code
from app.notifications.entry_form import label_of_line

NO_DATE: Final = "令和　　年　　月　　日"
_MARK: Final = "…（続紙）"


def era_date(day: date | None) -> str:
    """``令和3年8月19日``; an empty place to write where there is none."""
    if day is None:
        return NO_DATE
    era = next(era for era in reversed(ERAS) if era.begins_on <= day)
    year = era.year_of(day)
    return f"{era.name}{'元' if year == 1 else year}年{day.month}月{day.day}日"


def width_of(text: str) -> float:
    """The length of ``text`` in full-width signs."""
    return sum(1 if unicodedata.east_asian_width(sign) in "WFA" else 0.5 for sign in text)


class Sheet:
    """The values of one form, and what did not fit their cells."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values
        self._more: list[tuple[str, str]] = []

    def fitted(self, name: str, limit: int) -> str:
        """The text of an item as far as its cell holds ``limit`` full-width signs."""
        return self.cut(str(label_of_line(name).ja), str(self._values.get(name) or ""), limit)

    def cut(self, label: str, text: str, limit: int) -> str:
        """``text`` on one line; what is longer is cut and continued under ``label``."""
        line = " ".join(text.split())
        if width_of(line) <= limit:
            return line
        self._more.append((label, text))
        room, kept = limit - width_of(_MARK), ""
        for sign in line:
            room -= width_of(sign)
            if room < 0:
                break
            kept += sign
        return kept + _MARK

    def joined(self, *names: str) -> str:
        """Several short items one after the other."""
        return "／".join(str(self._values[n]) for n in names if self._values.get(n))

    def address(self) -> str:
        """The postal code and the address."""
        code = self._values.get("postal_code")
        address = str(self._values.get("address") or "")
        return self.cut("住所", f"〒{format_postal_code(code)} {address}" if code else address, 70)

    def add(self, label: str, text: str) -> None:
        """Something the form has no place for."""
        self._more.append((label, text))

    def continued(self) -> Iterator[tuple[str, str]]:
        """(label, whole text) of everything the page itself does not hold in full."""
        yield from self._more
