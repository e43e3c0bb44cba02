"""When Python looks for garbage that refers to itself."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collected_later() -> Iterator[None]:
    """Look for no cycles inside the block, which makes very many objects and drops them all.

    The search would go through all of them again and again (a fifth of the time of an import).
    What nothing refers to is given back at once all the same; the search goes on after the block.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
