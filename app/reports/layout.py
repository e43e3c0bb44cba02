"""A layout: which columns in which order under which words. Pure; what a role may not see is not."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.reports.listing import ListColumn, Listing, Order

HEADING_LENGTH, TITLE_LENGTH, NAME_LENGTH = 40, 80, 60
PATTERN_WORDS = ("帳票", "地域", "日付")
"""What a pattern of a file name may name in braces."""
_WORD = re.compile(r"\{([^{}]*)\}")
_LINE = re.compile(r".* \[(\w+)\](?:＝(.*))?")
_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*{}]')


@dataclass(frozen=True, slots=True)
class Layout:
    """Columns as (key, own heading or empty), and how the rows stand; empty texts are the
    portal's own."""

    columns: tuple[tuple[str, str], ...]
    sort: str
    preset: str
    descending: bool = False
    title: str = ""
    file_pattern: str = ""

    @property
    def order(self) -> Order:
        """For the list's query."""
        return Order(self.sort, self.descending, self.preset)


def plain_layout(listing: Listing) -> Layout:
    """The portal's own."""
    return Layout(
        columns=tuple((key, "") for key in listing.default),
        sort=next(iter(listing.sorts)),
        preset=next(iter(listing.presets)),
    )


def arranged(layout: Layout, existing: Sequence[ListColumn]) -> list[tuple[ListColumn, str]]:
    """The columns that exist for the reader, in the layout's order, with their headings."""
    known = {one.key: one for one in existing}
    return [
        (known[key], heading or str(known[key].column.label))
        for key, heading in layout.columns
        if key in known
    ]


def file_name_of(pattern: str, values: Mapping[str, str]) -> str:
    """``{帳票}_{地域}_{日付}`` with its words filled in; no path, no control character, no ending."""
    named = _WORD.sub(lambda match: values.get(match.group(1), ""), pattern)
    return _UNSAFE.sub("_", named).strip(" .") or "report"


def unknown_words(pattern: str) -> list[str]:
    """Words in braces that mean nothing."""
    return [word for word in _WORD.findall(pattern) if word not in PATTERN_WORDS]


def is_safe_pattern(pattern: str) -> bool:
    """True when the rest of the pattern may stand in a file name."""
    return not _UNSAFE.search(_WORD.sub("", pattern))


def written_columns(columns: Sequence[tuple[str, str]], labels: Mapping[str, str]) -> str:
    """As it is kept: a line ``label [key]＝heading`` for each column; the label is for readers."""
    lines = (
        f"{labels.get(key, key)} [{key}]{f'＝{heading}' if heading else ''}"
        for key, heading in columns
    )
    return "\n".join(lines)


def read_columns(text: str) -> tuple[tuple[str, str], ...]:
    """What :func:`written_columns` wrote."""
    found = (_LINE.fullmatch(line) for line in text.split("\n"))
    return tuple((match.group(1), match.group(2) or "") for match in found if match)
