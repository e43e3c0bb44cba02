"""The checklist of the verification standard speaks of files and tests that exist."""

import ast
import re
from collections import Counter
from dataclasses import dataclass
from functools import cache

from config import ROOT

PAGE = ROOT / "docs" / "asvs.md"
STATES = ("covered", "not covered", "not applicable")
# Controls of levels 1 and 2 in each section of ASVS 4.0.3, without those it deleted.
SECTIONS = {
    "1.1": 7,
    "1.2": 4,
    "1.4": 3,
    "1.5": 4,
    "1.6": 4,
    "1.7": 2,
    "1.8": 2,
    "1.9": 2,
    "1.10": 1,
    "1.11": 2,
    "1.12": 1,
    "1.14": 6,
    "2.1": 12,
    "2.2": 3,
    "2.3": 3,
    "2.4": 5,
    "2.5": 7,
    "2.6": 3,
    "2.7": 6,
    "2.8": 7,
    "2.9": 3,
    "2.10": 4,
    "3.1": 1,
    "3.2": 4,
    "3.3": 4,
    "3.4": 5,
    "3.5": 3,
    "3.7": 1,
    "4.1": 4,
    "4.2": 2,
    "4.3": 3,
    "5.1": 5,
    "5.2": 8,
    "5.3": 10,
    "5.4": 3,
    "5.5": 4,
    "6.1": 3,
    "6.2": 6,
    "6.3": 2,
    "6.4": 2,
    "7.1": 4,
    "7.2": 2,
    "7.3": 3,
    "7.4": 3,
    "8.1": 4,
    "8.2": 3,
    "8.3": 8,
    "9.1": 3,
    "9.2": 4,
    "10.2": 2,
    "10.3": 3,
    "11.1": 8,
    "12.1": 3,
    "12.2": 1,
    "12.3": 6,
    "12.4": 2,
    "12.5": 2,
    "12.6": 1,
    "13.1": 4,
    "13.2": 5,
    "13.3": 2,
    "13.4": 2,
    "14.1": 4,
    "14.2": 6,
    "14.3": 2,
    "14.4": 7,
    "14.5": 4,
}


@dataclass(frozen=True)
class Control:
    """A line of the checklist."""

    number: str
    level: str
    asked: str
    state: str
    where: str
    shown_by: str

    @property
    def tests(self) -> list[str]:
        """The tests it names."""
        return re.findall(r"`([^`]+::[^`]+)`", self.shown_by)


@cache
def controls() -> tuple[Control, ...]:
    """Every line, in order."""
    lines = PAGE.read_text("utf-8").splitlines()
    rows = [line for line in lines if re.match(r"\| \d+\.\d+\.\d+ \|", line)]
    return tuple(Control(*(cell.strip() for cell in row.strip("|").split("|"))) for row in rows)


@cache
def names_in(path: str) -> frozenset[str]:
    """The names of the tests in a file below ``tests``."""
    tree = ast.parse((ROOT / "tests" / path).read_text("utf-8"))
    found = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    return frozenset(name for name in found if name.startswith("test_"))


def summary() -> str:
    """The counts as they stand at the top of the checklist."""
    states = Counter(one.state for one in controls())
    tried = sum(bool(one.tests) for one in controls() if one.state == "covered")
    counts = ", ".join(f"{states[state]} {state}" for state in STATES)
    return (
        f"**{len(controls())} controls: {counts}.** "
        f"Of the covered ones {tried} are shown by tests, {states['covered'] - tried} by reading."
    )


def test_every_control_of_both_levels_has_its_line_once() -> None:
    numbers = [one.number for one in controls()]
    assert len(numbers) == len(set(numbers))
    assert Counter(n.rpartition(".")[0] for n in numbers) == Counter(SECTIONS)
    assert {one.level for one in controls()} == {"1", "2"}
    assert {one.state for one in controls()} == set(STATES)


def test_every_file_it_names_exists() -> None:
    for one in controls():
        for path in re.findall(r"`([\w./-]*[/.][\w./-]+)`", one.where):
            if path != "SMTP_SECURITY=none":
                assert (ROOT / path).exists(), (one.number, path)


def test_every_test_it_names_exists() -> None:
    for one in controls():
        for named in one.tests:
            path, _, name = named.partition("::")
            assert (ROOT / "tests" / path).is_file(), (one.number, path)
            assert name in names_in(path), (one.number, named)


def test_what_is_covered_says_where_and_how_it_is_shown_and_what_is_not_says_why() -> None:
    for one in controls():
        if one.state == "covered":
            assert "`" in one.where, one.number
            assert one.tests or one.shown_by == "reading", one.number
        else:
            assert one.where, one.number
            assert not one.shown_by, one.number


def test_the_counts_at_the_top_are_those_of_the_lines() -> None:
    assert summary() in PAGE.read_text("utf-8")
    assert "docs/asvs.md" in (ROOT / "SECURITY.md").read_text("utf-8")
