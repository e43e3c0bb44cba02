"""Compiled catalogues, also when pytest is started by hand."""

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from config import ROOT


def compile_stale_catalogues() -> None:
    """Write each ``.mo`` that is missing or older than its ``.po``."""
    for source in (ROOT / "translations").glob("*/LC_MESSAGES/*.po"):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as text:
            catalogue = read_po(text)
        with target.open("wb") as compiled:
            write_mo(compiled, catalogue)
