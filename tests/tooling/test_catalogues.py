import polib
import pytest

from app.devtools.catalogues import english, merge, problems


def catalogue(*entries: polib.POEntry) -> polib.POFile:
    made = polib.POFile()
    made.extend(entries)
    return made


def entry(msgid: str, msgstr: str = "", **more: object) -> polib.POEntry:
    return polib.POEntry(msgid=msgid, msgstr=msgstr, **more)


SAVED = entry("%(count)s cases saved", "%(count)s件を保存しました")


def test_a_complete_catalogue_has_no_problems() -> None:
    assert list(problems(catalogue(SAVED), catalogue(SAVED))) == []


@pytest.mark.parametrize(
    ("translation", "problem"),
    [
        (entry("%(count)s cases saved"), "untranslated"),
        (entry("%(count)s cases saved", "件を保存しました"), "placeholders"),
        (entry("%(count)s cases saved", "%(number)s件"), "placeholders"),
        (entry("%(count)s cases saved", "<b>%(count)s</b>件"), "tags"),
        (entry("%(count)s cases saved", "%(count)s件", flags=["fuzzy"]), "untranslated"),
    ],
)
def test_a_translation_that_does_not_fit_is_named(translation: polib.POEntry, problem: str) -> None:
    (line,) = problems(catalogue(SAVED), catalogue(translation))
    assert problem in line


def test_a_sentence_without_entry_and_an_entry_without_sentence_are_named() -> None:
    missing, stale = problems(catalogue(entry("New")), catalogue(entry("Old", "旧")))
    assert missing.startswith("missing: 'New'")
    assert stale.startswith("stale: 'Old'")


def test_merging_keeps_the_old_japanese_and_prefers_the_fragment() -> None:
    merged = merge(
        catalogue(entry("Save"), entry("Cancel"), entry("Print")),
        catalogue(entry("Save", "保存"), entry("Cancel", "取消"), entry("Gone", "旧")),
        [catalogue(entry("Cancel", "キャンセル"))],
    )
    assert {line.msgid: line.msgstr for line in merged} == {
        "Save": "保存",
        "Cancel": "キャンセル",
        "Print": "",
    }


def test_a_plural_has_one_japanese_form_and_two_english_ones() -> None:
    days = polib.POEntry(msgid="%(num)s day", msgid_plural="%(num)s days")
    fragment = polib.POEntry(
        msgid="%(num)s day", msgid_plural="%(num)s days", msgstr_plural={0: "%(num)s日"}
    )
    merged = merge(catalogue(days), catalogue(), [catalogue(fragment)])
    assert merged[0].msgstr_plural == {0: "%(num)s日"}
    assert english(catalogue(days))[0].msgstr_plural == {0: "%(num)s day", 1: "%(num)s days"}
    assert list(problems(catalogue(days), merged)) == []
