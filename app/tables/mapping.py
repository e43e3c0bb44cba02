"""Which column of a table is which item: mapped, proposed with reasons, stored. Pure."""

from collections.abc import Iterable, Sequence
from collections.abc import Mapping as Mapped
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Final

from app.core.labels import Label
from app.tables.cells import Cell
from app.tables.matching import folded_heading, matched
from app.tables.targets import Target, targets_of

__all__ = ["REASONS", "Mapping", "Proposal", "Target", "propose", "targets_of"]

_EMPTY: Mapped[str, Any] = MappingProxyType({})
REASONS: Final = {
    "label": Label("項目名と一致", "The item's own name"),
    "alias": Label("項目の別名と一致", "Another name of the item"),
    "part": Label("見出しの一部が一致", "Part of the heading is the item's name"),
    "alike": Label("項目名に似ている", "Like the item's name"),
    "kana": Label("内容がふりがな", "The content is a reading in kana"),
    "mobile": Label("内容が携帯電話番号", "The content is mobile numbers"),
    "email": Label("内容がメールアドレス", "The content is e-mail addresses"),
    "codes": Label("内容が選択肢の値", "The content is words of its list"),
    "note": Label("補足の列（備考にまとめる）", "A column of notes, gathered in the remarks"),
    "publishable": Label("「公表の可否」の列", "A column of “may be published”"),
    "saved": Label("保存した対応付け", "From the saved mapping"),
}


@dataclass(frozen=True, slots=True)
class Proposal:
    """Why a column was proposed for a target: ``score`` from 0 to 1, and the reason in words."""

    score: float
    kind: str
    reason: Label


@dataclass(frozen=True, slots=True)
class Mapping:
    """The columns of one kind of file.

    Attributes:
        targets: heading → name of the target; columns that are left out do not stand in it.
            Several headings may name one target only where it gathers.
        values: name of the target → word in the file → code; "" leaves the cell blank.
        publishable: heading of a 公表の可否 column → name of the target it speaks of.
        proposals: heading → why it was proposed; no part of what the mapping is.
    """

    targets: Mapped[str, str] = field(default_factory=dict)
    values: Mapped[str, Mapped[str, str]] = field(default_factory=dict)
    publishable: Mapped[str, str] = field(default_factory=dict)
    proposals: Mapped[str, Proposal] = field(default_factory=dict, compare=False, repr=False)

    def words_of(self, target: str) -> Mapped[str, str]:
        """What the words of a file mean for this target."""
        return self.values.get(target, _EMPTY)

    def heading_of(self, target: str) -> str | None:
        """The (first) heading that fills a target."""
        return next((heading for heading, name in self.targets.items() if name == target), None)

    def missing(self, targets: Iterable[Target]) -> tuple[Target, ...]:
        """Required targets that no column fills."""
        filled = set(self.targets.values())
        return tuple(one for one in targets if one.required and one.name not in filled)

    def only(self, headings: Sequence[str], targets: Iterable[Target]) -> "Mapping":
        """The part that still has its column and its target."""
        names, known = {one.name for one in targets}, set(headings)
        return replace(
            self,
            targets={h: t for h, t in self.targets.items() if h in known and t in names},
            values={t: words for t, words in self.values.items() if t in names},
            publishable={h: t for h, t in self.publishable.items() if h in known and t in names},
        )

    def for_headings(self, headings: Sequence[str], targets: Iterable[Target]) -> "Mapping":
        """The same columns under the headings of another file, which may be written otherwise."""
        written = {folded_heading(one): one for one in headings}
        return replace(
            self,
            targets={written.get(folded_heading(h), h): t for h, t in self.targets.items()},
            publishable={written.get(folded_heading(h), h): t for h, t in self.publishable.items()},
        ).only(headings, targets)

    def as_json(self) -> dict[str, Any]:
        """What is stored; :meth:`from_json` reads it back."""
        return {
            "targets": dict(self.targets),
            "values": {target: dict(words) for target, words in self.values.items()},
            "publishable": dict(self.publishable),
        }

    @classmethod
    def from_json(cls, stored: Mapped[str, Any]) -> "Mapping":
        """The mapping that was stored."""
        return cls(
            targets=dict(stored.get("targets", {})),
            values={name: dict(words) for name, words in stored.get("values", {}).items()},
            publishable=dict(stored.get("publishable", {})),
        )


def propose(
    headings: Sequence[str],
    sample_rows: Sequence[Sequence[Cell]],
    targets: Sequence[Target],
    *,
    words: Sequence[Sequence[str]] = (),
) -> Mapping:
    """The mapping that headings and content speak for, with the reason at every column.

    Args:
        sample_rows: the cells of some rows below the headings; a few dozen are enough.
        words: by column the different words, where they are known of more rows than these.
    """
    found = matched(headings, sample_rows, targets, words)
    told = {
        heading: Proposal(round(score, 2), kind, REASONS[kind])
        for heading, (score, kind) in found.reasons.items()
    }
    return Mapping(found.targets, found.values, found.publishable, told)
