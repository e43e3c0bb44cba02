"""Which column is which item: by heading, by likeness, by content; every proposal says why. Pure.

A heading that is exactly the label or an alias of an item settles it unless the content speaks
against it. Otherwise the likeliest pairs are taken first, each item once; what stays below the
threshold is left to people.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Any, Final

from app.tables.cells import Cell, FaultyCell, is_blank
from app.tables.targets import Target
from app.tables.understanding import understand
from app.tables.words import code_of
from app.tables.written import BadCell, folded

LEAST: Final = 0.55
_ALIKE: Final = 0.82
_PUBLISHABLE: Final = re.compile(
    r"[:\s_・(]*(?:の)?(?:公表|公開)(?:の)?(?:可否|可|有無|してよい|OK)\)?$|[:\s_(]*may be published\)?$",
    re.IGNORECASE,
)
_NOTE: Final = re.compile(r"[:_](?:備考|メモ|特記事項|note)(?:\(.*\))?$", re.IGNORECASE)
_ASIDE: Final = re.compile(r"\([^)]*\)")
_KANA: Final = re.compile(r"[ァ-ヺー・\s]{3,}")
_MOBILE: Final = re.compile(r"(?:\+81|0)[789]0[-\s]?[0-9]{4}[-\s]?[0-9]{4}")
_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_TYPED: Final = frozenset({"date", "instant", "integer", "decimal", "boolean", "code", "codes"})


@dataclass(frozen=True, slots=True)
class _Pair:
    score: float
    column: int
    place: int
    kind: str


@dataclass(frozen=True, slots=True)
class Matched:
    """What was found: as in :class:`app.tables.mapping.Mapping`, with score and kind of reason."""

    targets: dict[str, str]
    values: dict[str, dict[str, str]]
    publishable: dict[str, str]
    reasons: dict[str, tuple[float, str]]


def matched(
    headings: Sequence[str],
    sample_rows: Sequence[Sequence[Cell]],
    targets: Sequence[Target],
    words: Sequence[Sequence[str]] = (),
) -> Matched:
    """Columns to targets, words to codes, 公表の可否 columns to the items they speak of.

    Args:
        sample_rows: the cells of some rows; a few dozen are enough.
        words: by column the words known of more rows than these.
    """
    columns = [_filled(sample_rows, column) for column in range(len(headings))]
    flags = {h for h in headings if h and _PUBLISHABLE.search(_normal(h))}
    pairs = [
        pair
        for column, heading in enumerate(headings)
        if heading and heading not in flags
        for place, target in enumerate(targets)
        if (pair := _pair(column, heading, columns[column], place, target)) is not None
    ]
    chosen = _assigned(pairs)
    _gather_notes(chosen, headings, flags, targets)
    mapped = {headings[column]: targets[pair.place].name for column, pair in sorted(chosen.items())}
    links = _links(headings, flags, mapped, targets)
    reasons = {headings[column]: (pair.score, pair.kind) for column, pair in chosen.items()}
    reasons |= dict.fromkeys(links, (1.0, "publishable"))
    known = words or [words_in(cells) for cells in columns]
    return Matched(mapped, _words(known, chosen, targets), links, reasons)


def words_in(cells: Iterable[Cell], most: int = 40) -> tuple[str, ...]:
    """The different words of a coded column, in the order in which they appear."""
    found: dict[str, None] = {}
    for cell in cells:
        if not is_blank(cell) and not isinstance(cell, FaultyCell):
            found.setdefault(folded(cell)[:60])
            if len(found) >= most:
                break
    return tuple(found)


def _pair(
    column: int, heading: str, cells: Sequence[Cell], place: int, target: Target
) -> _Pair | None:
    score, kind = _by_heading(heading, target)
    if score >= LEAST:
        fits = _share_read(cells, target)
        # Half unreadable content speaks against a likeness, not against the item's own name.
        score *= 1 if fits > 0.5 else (0.9 if score >= 0.95 else 0.5)
    else:
        score, kind = _by_content(cells, target)
    return _Pair(score, column, place, kind) if score >= LEAST else None


def _by_heading(heading: str, target: Target) -> tuple[float, str]:
    plain = folded_heading(heading)
    labels = [folded_heading(word) for word in (target.label.ja, target.label.en)]
    names = [*labels, *map(folded_heading, target.aliases)]
    if plain in labels:
        return 1.0, "label"
    if plain in names:
        return 0.98, "alias"
    for score, part in _parts(heading):
        if part in names:
            return score, "part"
    if _NOTE.search(_normal(heading)):
        return 0.0, ""
    likeness = max((_alike(plain, name) for name in names), default=0.0)
    return (likeness * 0.8, "alike") if likeness >= _ALIKE else (0.0, "")


def _parts(heading: str) -> Iterable[tuple[float, str]]:
    """Without what stands in brackets, and the last part of ``患者情報_氏名``."""
    normal = _normal(heading)
    bare = _ASIDE.sub("", normal)
    yield 0.9, folded_heading(bare)
    for sign in "_:/・":
        first, found, last = bare.rpartition(sign)
        if found and first and last and not _NOTE.search(normal):
            yield 0.85, folded_heading(last)


def _by_content(cells: Sequence[Cell], target: Target) -> tuple[float, str]:
    """What only the content says, for columns whose heading says nothing."""
    texts = [unicodedata.normalize("NFKC", str(cell)) for cell in cells if isinstance(cell, str)]
    if len(texts) < 2 or len(texts) < len(cells):
        return 0.0, ""
    if target.kind == "kana" and _all(_KANA, texts):
        return 0.6, "kana"
    if target.kind == "phone" and "mobile" in target.name and _all(_MOBILE, texts):
        return 0.6, "mobile"
    if target.name.endswith("email") and _all(_EMAIL, texts):
        return 0.6, "email"
    if target.kind == "code" and target.codes is not None:
        found = {code_of(folded(text), target.codes, {}) for text in texts}
        telling = found - {None, "yes", "no", "unknown", "other", "none"}
        if None not in found and len(telling) > 1:
            return 0.56, "codes"
    return 0.0, ""


def _share_read(cells: Sequence[Cell], target: Target) -> float:
    if target.kind not in _TYPED or not cells:
        return 1.0
    read = 0
    for cell in cells:
        try:
            understand(cell, target)
            read += 1
        except BadCell:
            continue
    return read / len(cells)


def _assigned(pairs: Sequence[_Pair]) -> dict[int, _Pair]:
    """The likeliest first; each column once, each target once."""
    chosen: dict[int, _Pair] = {}
    taken: set[int] = set()
    for pair in sorted(pairs, key=lambda one: (-one.score, one.column, one.place)):
        if pair.column in chosen or pair.place in taken:
            continue
        chosen[pair.column] = pair
        taken.add(pair.place)
    return chosen


def _gather_notes(
    chosen: dict[int, _Pair],
    headings: Sequence[str],
    flags: set[str],
    targets: Sequence[Target],
) -> None:
    """``年代：備考`` and the like have no item of their own: they go to the remarks."""
    remarks = next(
        (n for n, one in enumerate(targets) if one.gathers and one.name.endswith("remarks")), None
    )
    if remarks is None:
        return
    for column, heading in enumerate(headings):
        if column not in chosen and heading not in flags and _NOTE.search(_normal(heading)):
            chosen[column] = _Pair(0.7, column, remarks, "note")


def _links(
    headings: Sequence[str], flags: set[str], mapped: dict[str, str], targets: Sequence[Target]
) -> dict[str, str]:
    """Each 公表の可否 column to the item of the column whose heading it carries."""
    found: dict[str, str] = {}
    by_heading = {folded_heading(one): one for one in mapped}
    notes = {heading for heading in mapped if _NOTE.search(_normal(heading))}
    for place, heading in enumerate(headings):
        if heading not in flags:
            continue
        about = folded_heading(_PUBLISHABLE.sub("", _normal(heading)))
        before = [one for one in reversed(headings[:place]) if one in mapped and one not in notes]
        near = by_heading.get(about) or next(
            (one for one in before if about and folded_heading(one).startswith(about)), None
        )
        target = mapped[near] if near else _named(about, targets)
        if target and target not in found.values():
            found[heading] = target
    return found


def _named(about: str, targets: Sequence[Target]) -> str | None:
    for target in targets:
        names = (target.label.ja, target.label.en, *target.aliases)
        if about and about in map(folded_heading, names):
            return target.name
    return None


def _words(
    words: Sequence[Sequence[str]],
    chosen: dict[int, _Pair],
    targets: Sequence[Target],
) -> dict[str, dict[str, str]]:
    """The words of coded columns with the code they stand for; unknown ones are left open."""
    found: dict[str, dict[str, str]] = {}
    for column, pair in chosen.items():
        target = targets[pair.place]
        if target.kind != "code" or target.codes is None:
            continue
        known = {word: code_of(word, target.codes, {}) for word in words[column]}
        found[target.name] = {word: code for word, code in known.items() if code}
    return found


def _filled(rows: Sequence[Sequence[Any]], column: int) -> list[Cell]:
    return [row[column] for row in rows if column < len(row) and not is_blank(row[column])]


def _all(pattern: re.Pattern[str], texts: Sequence[str]) -> bool:
    return all(pattern.fullmatch(text.strip()) for text in texts)


def _normal(heading: str) -> str:
    """NFKC, with one kind of colon and underscore; ◎ and ※ say nothing about the item."""
    return re.sub(r"[◎※*＊●★]|\(必須\)", "", unicodedata.normalize("NFKC", heading)).strip()


@lru_cache(4096)
def folded_heading(text: str) -> str:
    """The key under which headings meet, whatever their width, blanks and brackets."""
    return re.sub(r"[\s_:・/.()（）「」\[\]【】,、-]", "", _normal(text)).casefold()


@lru_cache(65536)
def _alike(one: str, other: str) -> float:
    if min(len(one), len(other)) < 2:
        return 0.0
    return SequenceMatcher(None, one, other).ratio()
