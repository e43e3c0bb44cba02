"""Answers that never change while the process lives, such as what a model declares."""

from collections.abc import Callable
from functools import lru_cache
from typing import ParamSpec, TypeVar, cast

P = ParamSpec("P")
R = TypeVar("R")


def remembered(function: Callable[P, R]) -> Callable[P, R]:
    """Compute once per arguments (which are hashable), keeping the function's own type."""
    return cast("Callable[P, R]", lru_cache(maxsize=4096)(function))
