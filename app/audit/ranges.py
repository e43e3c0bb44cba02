"""Runs of whole numbers, ``[from, to]`` both included: keys given out but not there yet."""

from collections.abc import Iterable, Iterator

Range = tuple[int, int]


def gaps_in(keys: Iterable[int], first: int, last: int) -> list[Range]:
    """The runs after ``first`` up to ``last`` that ``keys`` (ascending) leave out."""
    found = []
    expected = first + 1
    for key in keys:
        if key > expected:
            found.append((expected, key - 1))
        expected = key + 1
    if expected <= last:
        found.append((expected, last))
    return found


def runs_of(keys: Iterable[int]) -> list[Range]:
    """``keys`` (ascending) as runs."""
    found: list[Range] = []
    for key in keys:
        if found and found[-1][1] == key - 1:
            found[-1] = (found[-1][0], key)
        else:
            found.append((key, key))
    return found


def without(ranges: Iterable[Range], taken: Iterable[Range]) -> Iterator[Range]:
    """What is left of ``ranges`` when ``taken`` (ascending) goes."""
    gone = list(taken)
    for first, last in ranges:
        begin = first
        for low, high in gone:
            if high < begin or low > last:
                continue
            if low > begin:
                yield begin, low - 1
            begin = high + 1
        if begin <= last:
            yield begin, last
