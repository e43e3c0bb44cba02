"""The portal's own source, as the guards read it."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from config import ROOT

APP = ROOT / "app"


@cache
def modules() -> tuple[tuple[str, ast.Module], ...]:
    """Every module of the portal with its path from the root."""
    return tuple(
        (path.relative_to(ROOT).as_posix(), ast.parse(path.read_text("utf-8")))
        for path in sorted(APP.rglob("*.py"))
    )


def calls() -> Iterator[tuple[str, int, str]]:
    """Every call as (path, line, dotted name of what is called)."""
    for path, tree in modules():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                yield path, node.lineno, ast.unparse(node.func)


def files(*suffixes: str, below: Path = APP) -> Iterator[Path]:
    """Every file of the portal with one of the endings."""
    return (path for path in sorted(below.rglob("*")) if path.suffix in suffixes)
