"""The 47 prefectures as tiles, roughly where they lie. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.core.labels import Label
from app.publication.released import Released

PLACES = {
    "01": (13, 1), "02": (13, 3), "05": (12, 4), "03": (13, 4), "06": (12, 5), "04": (13, 5),
    "17": (9, 6), "16": (10, 6), "15": (11, 6), "07": (12, 6), "18": (8, 7), "21": (9, 7),
    "20": (10, 7), "10": (11, 7), "09": (12, 7), "08": (13, 7), "42": (1, 8), "41": (2, 8),
    "40": (3, 8), "35": (4, 8), "32": (5, 8), "31": (6, 8), "26": (7, 8), "25": (8, 8),
    "23": (9, 8), "19": (10, 8), "11": (11, 8), "13": (12, 8), "12": (13, 8), "43": (2, 9),
    "44": (3, 9), "34": (5, 9), "33": (6, 9), "28": (7, 9), "27": (8, 9), "24": (9, 9),
    "22": (10, 9), "14": (11, 9), "46": (2, 10), "45": (3, 10), "38": (5, 10), "37": (6, 10),
    "29": (8, 10), "30": (8, 11), "39": (5, 11), "36": (6, 11), "47": (1, 12),
}  # fmt: skip
"""Prefecture → (column, row), from 1."""


@dataclass(frozen=True, slots=True)
class Tile:
    """A prefecture on the map; ``published`` is its latest publication, if any."""

    code: str
    name: Label
    column: int
    row: int
    published: Released | None

    @property
    def short(self) -> Label:
        """As it fits into a tile: 東京, and the first letters of a long Roman name."""
        return Label(short_name(self.name.ja), self.name.en[:8])


def short_name(name: str) -> str:
    """A prefecture as it fits into a tile: 東京."""
    return name if name == "北海道" else name[:-1]


def tiles(names: Mapping[str, Label], found: Iterable[Released]) -> list[Tile]:
    """Every prefecture, from north to south."""
    whole = {one.prefecture_code: one for one in found if not one.authority_id}
    return [
        Tile(code, name, *PLACES[code], whole.get(code)) for code, name in sorted(names.items())
    ]
