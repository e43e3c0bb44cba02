"""Work looked for at every sweep of a worker: what has become due since."""

import logging
from collections.abc import Callable

from app.security.actor import acting_as, system_actor

log = logging.getLogger(__name__)
Look = Callable[[], int]
_looks: dict[str, Look] = {}


def regularly(name: str) -> Callable[[Look], Look]:
    """Register a look: cheap while nothing is due, safe to repeat and to run twice at once.

    It gives how many things it set going; long work is handed to a job.
    """

    def register(look: Look) -> Look:
        _looks[name] = look
        return look

    return register


def do_regular_work() -> dict[str, int]:
    """Look for everything that is due; look → how many."""
    done = {}
    for name, look in _looks.items():
        with acting_as(system_actor(name)):
            done[name] = look()
    for name, number in done.items():
        if number:
            log.info("%s: %s", name, number)
    return done
