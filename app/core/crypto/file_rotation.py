"""Sealed files of a feature follow the change of the field keys."""

import logging
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from sqlalchemy.orm import Session

from app.core.crypto.files import key_id_of_file, reseal_file
from app.core.crypto.keys import Key
from app.core.crypto.rotation import Follower, follow_rotation
from app.core.crypto.sealing import Unreadable

log = logging.getLogger(__name__)


def follow_with_files(
    name: str, sealed_files: Callable[[], Iterator[Path]], place_of: Callable[[Path], str]
) -> None:
    """Register the files of a feature.

    Args:
        name: what ``keys status`` calls them.
        sealed_files: every sealed file there is now.
        place_of: what a file is bound to, from where it lies.
    """

    def counts(_session: Session) -> Counter[int]:
        return Counter(key_id_of_file(path) for path in sealed_files())

    def renew(_session: Session, key: Key, limit: int) -> int:
        stale = [path for path in sealed_files() if key_id_of_file(path) != key.id][:limit]
        for path in stale:
            try:
                reseal_file(path, place_of(path))
            except (Unreadable, OSError) as problem:
                # Removed meanwhile, or of a key that is gone.
                log.error("one of the %s stays as it is: %s", name, type(problem).__name__)
        return len(stale)

    follow_rotation(Follower(name, counts, renew))
