"""``python -m app.devtools.catalogues``: the sentences of the interface and their Japanese.

``update`` collects every marked sentence, keeps the Japanese there is, merges the entries of
``translations/fragments/*.po`` and writes both catalogues. ``check`` says what is stale, missing
or does not fit, and fails when there is anything.
"""

import argparse
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import polib

from config import ROOT

TRANSLATIONS = ROOT / "translations"
FRAMEWORK = TRANSLATIONS / "framework.pot"
"""Sentences that Flask-AppBuilder itself shows on our pages; our catalogue overrides its own."""
FRAGMENTS = TRANSLATIONS / "fragments"
HEADERS = {
    "ja": {"Language": "ja", "Plural-Forms": "nplurals=1; plural=0;"},
    "en": {"Language": "en", "Plural-Forms": "nplurals=2; plural=(n != 1);"},
}
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sd]|\{\w*\}")
TAG = re.compile(r"</?[a-z][^>]*>")

Key = tuple[str | None, str]


def collected() -> polib.POFile:
    """Every sentence marked in the source, and those of the framework."""
    with tempfile.TemporaryDirectory() as directory:
        target = Path(directory) / "messages.pot"
        options = ["--no-wrap", "--sort-by-file", "--add-location=file", "--omit-header"]
        keywords = ["--keyword=_l", "--keyword=lazy_gettext", "--keyword=_n:1,2"]
        keywords += ["--keyword=lazy_ngettext:1,2", "--keyword=lazy_pgettext:1c,2"]
        command = [
            sys.executable,
            "-m",
            "babel.messages.frontend",
            "-q",
            "extract",
            *options,
            *keywords,
        ]
        command += ["-F", str(ROOT / "babel.cfg"), "-o", str(target), str(ROOT)]
        subprocess.run(command, check=True)
        sentences = polib.pofile(str(target), encoding="utf-8")
    for entry in sentences:
        entry.occurrences = [(_relative(path), line) for path, line in entry.occurrences]
    known = {key_of(entry) for entry in sentences}
    if FRAMEWORK.exists():
        framework = polib.pofile(str(FRAMEWORK), encoding="utf-8")
        sentences.extend(entry for entry in framework if key_of(entry) not in known)
    return sentences


def key_of(entry: polib.POEntry) -> Key:
    """What makes a sentence the same: its context and its English."""
    return entry.msgctxt, entry.msgid


def merge(
    sentences: polib.POFile, existing: polib.POFile, fragments: list[polib.POFile]
) -> polib.POFile:
    """The Japanese catalogue of ``sentences``; a fragment's entry goes before an existing one."""
    known: dict[Key, polib.POEntry] = {}
    for source in (existing, *fragments):
        known.update({key_of(entry): entry for entry in source if is_translated(entry)})
    merged = _empty("ja")
    for sentence in sentences:
        entry = _copy(sentence)
        translation = known.get(key_of(sentence))
        if translation is not None:
            # A singular may have become a plural or the other way round since.
            text = translation.msgstr or translation.msgstr_plural.get(0, "")
            _set_text(entry, [text])
        merged.append(entry)
    return merged


def english(sentences: polib.POFile) -> polib.POFile:
    """The English catalogue: every sentence as it stands in the source."""
    catalogue = _empty("en")
    for sentence in sentences:
        entry = _copy(sentence)
        _set_text(entry, [entry.msgid, entry.msgid_plural or entry.msgid])
        catalogue.append(entry)
    return catalogue


def problems(sentences: polib.POFile, catalogue: polib.POFile) -> Iterator[str]:
    """What is wrong with ``catalogue`` as the translation of ``sentences``, one line each."""
    wanted = {key_of(entry): entry for entry in sentences}
    present = {key_of(entry): entry for entry in catalogue if not entry.obsolete}
    for key, entry in wanted.items():
        if key not in present:
            yield f"missing: {entry.msgid!r} ({_place(entry)})"
    for key, entry in present.items():
        if key not in wanted:
            yield f"stale: {entry.msgid!r} is no longer in the source"
        elif not is_translated(entry) or entry.fuzzy:
            yield f"untranslated: {entry.msgid!r} ({_place(wanted[key])})"
        else:
            yield from _misfits(entry)
    for entry in catalogue.obsolete_entries():
        yield f"stale: {entry.msgid!r} is kept as an obsolete entry"


def is_translated(entry: polib.POEntry) -> bool:
    """True when every form of the entry has a text."""
    if entry.msgid_plural:
        return bool(entry.msgstr_plural) and all(entry.msgstr_plural.values())
    return bool(entry.msgstr)


def _misfits(entry: polib.POEntry) -> Iterator[str]:
    texts = list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]
    source = entry.msgid_plural or entry.msgid
    allowed = {_shape(source), _shape(entry.msgid)}
    for text in texts:
        if _shape(text) not in allowed:
            yield f"placeholders or tags differ: {entry.msgid!r} and {text!r}"


def _shape(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Placeholders and tags of a text, in an order that word order does not change."""
    return tuple(sorted(PLACEHOLDER.findall(text))), tuple(sorted(TAG.findall(text)))


def _copy(sentence: polib.POEntry) -> polib.POEntry:
    return polib.POEntry(
        msgid=sentence.msgid,
        msgid_plural=sentence.msgid_plural,
        msgctxt=sentence.msgctxt,
        occurrences=sentence.occurrences,
        comment=sentence.comment,
        flags=[flag for flag in sentence.flags if flag != "fuzzy"],
        msgstr_plural={0: ""} if sentence.msgid_plural else {},
    )


def _set_text(entry: polib.POEntry, forms: list[str]) -> None:
    if entry.msgid_plural:
        entry.msgstr_plural = dict(enumerate(forms))
    else:
        entry.msgstr = forms[0]


def _empty(language: str) -> polib.POFile:
    catalogue = polib.POFile(wrapwidth=0)
    # No dates and no names: the file changes only when a sentence does.
    catalogue.metadata = {
        "Project-Id-Version": "HER-SYS Portal",
        **HEADERS[language],
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
    }
    return catalogue


def _relative(path: str) -> str:
    place = Path(path)
    return str(place.relative_to(ROOT)) if place.is_absolute() else path


def _place(entry: polib.POEntry) -> str:
    return ", ".join(path for path, _ in entry.occurrences) or "the framework"


def _path(language: str) -> Path:
    return TRANSLATIONS / language / "LC_MESSAGES" / "messages.po"


def _read(path: Path) -> polib.POFile:
    if path.exists():
        return polib.pofile(str(path), encoding="utf-8", wrapwidth=0)
    return polib.POFile(wrapwidth=0)


def _write(catalogue: polib.POFile, language: str) -> None:
    path = _path(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    catalogue.save(str(path))


def update(*, remove_fragments: bool) -> int:
    """Write both catalogues. Fragment entries nothing uses stay in their files and are named."""
    sentences = collected()
    sources = sorted(FRAGMENTS.glob("*.po"))
    fragments = [_read(path) for path in sources]
    merged = merge(sentences, _read(_path("ja")), fragments)
    _write(merged, "ja")
    _write(english(sentences), "en")
    wanted = {key_of(entry) for entry in sentences}
    for path, fragment in zip(sources, fragments, strict=True):
        unused = [entry for entry in fragment if key_of(entry) not in wanted]
        for entry in unused:
            print(f"{path.name}: nothing uses {entry.msgid!r}")
        if remove_fragments:
            _keep_only(path, unused)
    missing = [entry.msgid for entry in merged if not is_translated(entry)]
    print(f"{len(merged)} sentences, {len(missing)} without Japanese")
    return 0


def _keep_only(path: Path, entries: list[polib.POEntry]) -> None:
    if not entries:
        path.unlink()
        return
    rest = polib.POFile(wrapwidth=0)
    rest.extend(entries)
    rest.save(str(path))


def check() -> int:
    """Print every problem of both catalogues; 1 when there is one."""
    sentences = collected()
    found = [
        f"{language}: {line}"
        for language in HEADERS
        for line in problems(sentences, _read(_path(language)))
    ]
    found += [f"{path.name}: not merged yet" for path in sorted(FRAGMENTS.glob("*.po"))]
    for line in found:
        print(line)
    print(f"{len(sentences)} sentences, {len(found)} problems")
    if found:
        print("'make messages' collects and merges; the Japanese is written by hand.")
    return 1 if found else 0


def main(arguments: list[str]) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m app.devtools.catalogues")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("check", help="fail on stale, missing or misfitting translations")
    updating = commands.add_parser("update", help="collect sentences, merge translations")
    updating.add_argument(
        "--remove-fragments", action="store_true", help="delete merged entries from fragments"
    )
    chosen = parser.parse_args(arguments)
    if chosen.command == "update":
        return update(remove_fragments=chosen.remove_fragments)
    from app.devtools.patient_catalogues import all_problems

    found = list(all_problems())
    print("\n".join(found), end="\n" if found else "")
    return check() or int(bool(found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
