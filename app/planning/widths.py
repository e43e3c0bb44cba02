"""How far the projection was off in the past: half-widths of its intervals, on a logarithmic scale.

Measured on the daily figures of the 47 prefectures from 22 March to 31 October 2020 (about 10,000
starting points), by how many cases the last week had. The following three months were kept for the
check: no number was fitted to them; see docs/adr/0020 for both.

Each entry: of the distances |ln((came + 5) ÷ (projected + 5))| 80 % and 95 % were not larger.
"""

from bisect import bisect_right

HORIZONS = (1, 2, 3, 5, 7, 10, 14, 21, 28)
LONGEST = HORIZONS[-1]
CLASSES = (0, 20, 100)
"""Smallest number of cases of the last week of each class."""
WIDTHS: tuple[tuple[tuple[float, float], ...], ...] = (
    (
        (0.15, 0.32),
        (0.23, 0.48),
        (0.33, 0.63),
        (0.47, 0.91),
        (0.60, 1.16),
        (0.74, 1.38),
        (0.89, 1.64),
        (1.08, 2.01),
        (1.22, 2.37),
    ),
    (
        (0.18, 0.34),
        (0.30, 0.54),
        (0.42, 0.72),
        (0.66, 1.08),
        (0.86, 1.34),
        (1.09, 1.59),
        (1.36, 1.87),
        (1.69, 2.29),
        (1.91, 2.51),
    ),
    (
        (0.10, 0.19),
        (0.16, 0.31),
        (0.22, 0.40),
        (0.34, 0.64),
        (0.47, 0.88),
        (0.64, 1.17),
        (0.84, 1.51),
        (1.26, 1.98),
        (1.66, 2.58),
    ),
)


def half_widths(week: float, horizon: int) -> tuple[float, float]:
    """(80 %, 95 %) for a last week of so many cases, ``horizon`` days ahead (1 to 28)."""
    table = WIDTHS[bisect_right(CLASSES, max(week, 0)) - 1]
    place = bisect_right(HORIZONS, horizon) - 1
    if HORIZONS[place] == horizon:
        return table[place]
    before, after = HORIZONS[place], HORIZONS[place + 1]
    share = (horizon - before) / (after - before)
    low, high = table[place], table[place + 1]
    return low[0] + share * (high[0] - low[0]), low[1] + share * (high[1] - low[1])
