"""A directory of sealed files below ``DATA_DIR``: where it is, and what binds a file to its place.

What lies in it, under which names and for how long, is the business of the package that keeps it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from flask import current_app

from app.core.crypto.file_rotation import follow_with_files


@dataclass(frozen=True, slots=True)
class SealedStore:
    """One directory of sealed files, followed by a change of keys.

    Attributes:
        directory: its name below ``DATA_DIR``.
        pattern: which of its files are sealed.
        called: what the command that changes keys calls them.
        named_within: files are bound to their path within the directory alone.
    """

    directory: str
    pattern: str
    called: str
    named_within: bool = False

    def root(self) -> Path:
        """The directory, readable by the portal's own user only."""
        path = Path(current_app.config["DATA_DIR"]) / self.directory
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
        return path

    def place(self, path: Path) -> str:
        """What a file is bound to. Raises ValueError when it lies outside."""
        within = path.resolve().relative_to(self.root().resolve()).as_posix()
        return within if self.named_within else f"{self.directory}/{within}"

    def follow(self) -> "SealedStore":
        """Let the files follow a change of keys."""
        follow_with_files(self.called, self._files, self.place)
        return self

    def _files(self) -> Iterator[Path]:
        yield from self.root().glob(self.pattern)
