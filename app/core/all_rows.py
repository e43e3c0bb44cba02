"""Work of the core that concerns every row, whoever it belongs to.

The core does not know who acts; the security package says here how the system is put to work.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager

Keeper = Callable[[str], AbstractContextManager[object]]
_keepers: list[Keeper] = []


def set_keeper(keeper: Keeper) -> None:
    """Tell how a block is run as the system, which sees all rows and may renew what is kept."""
    _keepers[:] = [keeper]


def over_all_rows(purpose: str) -> AbstractContextManager[object]:
    """Run the block over every row.

    Raises:
        RuntimeError: nobody said how; without it rows would be missed in silence.
    """
    if not _keepers:
        raise RuntimeError("the security package says how the system acts")
    return _keepers[0](purpose)
