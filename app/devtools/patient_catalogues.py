"""The sentences of the patient pages and messages, and whether every language has them all.

They are marked with ``say(…)`` in templates and ``P(…)`` in code; English is what stands there.
"""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import polib

from app.devtools.catalogues import problems
from app.messaging.languages import DOMAIN, LANGUAGES
from config import ROOT

SOURCE = "en"


def sentences() -> polib.POFile:
    """Every sentence said to patients."""
    with tempfile.TemporaryDirectory() as directory:
        target = Path(directory) / "patient.pot"
        command = [sys.executable, "-m", "babel.messages.frontend", "-q", "extract"]
        command += ["--no-default-keywords", "--keyword=say", "--keyword=P", "--no-wrap"]
        command += ["--add-location=file", "--omit-header"]
        command += ["-F", str(ROOT / "babel-patient.cfg"), "-o", str(target), str(ROOT)]
        subprocess.run(command, check=True)
        return polib.pofile(str(target), encoding="utf-8")


def path_of(language: str) -> Path:
    """The catalogue of a language."""
    return ROOT / "translations" / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def all_problems() -> Iterator[str]:
    """What is missing, stale or does not fit, language by language; one line each."""
    wanted = sentences()
    for language in LANGUAGES:
        if language == SOURCE:
            continue
        if not path_of(language).exists():
            yield f"{language}: there is no catalogue"
            continue
        catalogue = polib.pofile(str(path_of(language)), encoding="utf-8")
        yield from (f"{language}: {problem}" for problem in problems(wanted, catalogue))
