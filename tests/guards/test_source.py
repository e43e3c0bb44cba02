"""House rules that a reader of one file cannot see broken."""

import ast
import re

from config import ROOT
from tests.guards.sources import APP, calls, files, modules

COMMITS = {"app/core/transaction.py"}
CLOCKS = {"app/core/clock.py"}
# Statements on the bare connection pass the laws of the session: each has its reason.
BARE_CONNECTIONS = {
    "app/contacts/links.py": "keeps the links of chains inside the flush they follow",
    "app/audit/writing.py": "writes the history inside the flush it records",
    "app/audit/erasing.py": "takes values out of the history whose retention has ended",
    "app/retention/anonymising.py": "takes values out past the history that would keep them",
    "app/audit/reads.py": "writes who looked; nothing but that is read",
    "app/security/temporary.py": "asks the laws themselves what access for a time alone shows",
    "app/institutions/loader.py": "derives a column of master data from itself",
    "app/institutions/populations.py": "keeps sums of populations, which nobody changed by hand",
    "app/exports/snapshot.py": "fixes the moment of a file's data; the rows come by the session",
    "app/reports/schedules/making.py": "compares and swaps, as the system: two workers at once",
    "app/publication/line_list.py": "gives numbers to cases of a list, as the system",
    "app/publication/service.py": "writes the files of a sign-off, as the system",
    "app/statistics/checking.py": "counts every case as the system and writes nothing",
    "app/statistics/service.py": "counts anew as the system",
    "app/statistics/upkeep.py": "keeps the counts inside the flush they follow",
    "app/quality/upkeep.py": "notes what was saved and has the rules look at it, as the system",
    "app/quality/checking.py": "becomes the writer before it reads; reads nothing",
    "app/quality/imported.py": "gathers what the rules found by its import, as the system",
    "app/followup/upkeep.py": "keeps what the board sorts by inside the flush it follows",
    "app/followup/planning.py": "dates a plan follows, whether or not its maker may read them",
    "app/followup/reporting.py": "lets reports of one person wait for each other; reads nothing",
    "app/followup/calling.py": "says that a call sheet is open; no person's record",
    "app/voice/ending.py": "says that somebody wants a call; beside the versions of the plan",
    "app/voice/conversation.py": "a webhook holds its call, named by token and key, for itself",
    "app/voice/dialling.py": "the provider's name of a call; beside the versions of the row",
    "app/imports/opendata/writing.py": "writes thousands of rows as the system, with their history",
    "app/imports/applying.py": "marks its own staged rows as done",
    "app/imports/changing.py": "remembers what a file said last; the case goes by the session",
    "app/imports/creating.py": "writes hundreds of new cases as the system, with their history",
    "app/imports/exporting.py": "numbers of other systems; the cases come by the session",
    "app/imports/known.py": "numbers of other systems; the cases come by the session",
    "app/imports/marking.py": "rows of a batch that was found under the law",
    "app/tables/service.py": "of two presses of a button one finds the table gone on",
    "app/imports/planning.py": "finds a key that stands twice in one's own file",
    "app/imports/queries.py": "counts the rows of a batch that was found under the law",
    "app/imports/service.py": "decides and empties one's own staged rows",
    "app/imports/staging.py": "keeps the rows of one's own file",
    "app/imports/undoing.py": "removes what an import made as the system, with its history",
    "app/imports/checking.py": "counts what an import wrote as the system",
    "app/core/crypto/rotation.py": "changes the form of values, never what they say",
    "app/persons/search_keys.py": "brings search keys under another key as the system",
    "app/devtools/demo/fill.py": "fills the demonstration as the system",
    "app/surge/service.py": "a web process says that it is overloaded; no person's record",
}
EXEMPTIONS = {
    "app/audit/writing.py": "the end of a record's chain, whoever may read the entry",
    "app/breakglass/service.py": "a foreign case is found by its exact number, and then recorded",
    "app/looks/queries.py": "looks are found by a case's number; nothing of the case is read",
    "app/cases/service.py": "granting access looks up the unique pair of case and institution",
    "app/followup/board_rows.py": "the days of people found under the law",
    "app/followup/upkeep.py": "the plan follows its person, whoever changes them",
    "app/followup/queries.py": "the days before a case, through a contact that may be hidden",
}
_NAMES_OF_MECHANISM = {
    "app/security/rows.py",
    "app/security/session.py",
    "app/security/claims.py",
    "app/audit/history.py",
}
LIMIT = 300
# Written to be read from beginning to end: the story of the demonstration.
LONG = {"app/devtools/demo/story.py"}


def test_only_the_transaction_commits() -> None:
    found = {path for path, _line, name in calls() if name.endswith(".commit")}
    assert found == COMMITS


def test_only_the_clock_reads_the_time() -> None:
    names = ("datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time")
    found = {path for path, _line, name in calls() if name.endswith(names)}
    assert found == CLOCKS


def test_every_statement_on_the_bare_connection_has_its_reason() -> None:
    found = {
        path for path, _line, name in calls() if re.search(r"session(\(\))?\.connection$", name)
    }
    assert found == set(BARE_CONNECTIONS)


def test_every_exemption_from_the_laws_has_its_reason() -> None:
    found = set()
    for path, tree in modules():
        names = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
        words = {n.value for n in ast.walk(tree) if isinstance(n, ast.Constant)}
        if "EXEMPT" in names or "law_exempt" in words:
            found.add(path)
    assert found - _NAMES_OF_MECHANISM == set(EXEMPTIONS)


def test_nothing_is_saved_past_the_events_of_the_session() -> None:
    ways = ("bulk_save_objects", "bulk_insert_mappings", "bulk_update_mappings", ".merge")
    assert [c for c in calls() if c[2].endswith(ways) and "session" in c[2]] == []


def test_no_file_is_too_long_to_read() -> None:
    for path in files(".py"):
        lines = len(path.read_text("utf-8").splitlines())
        assert lines <= LIMIT or path.relative_to(ROOT).as_posix() in LONG, (path, lines)


def test_no_template_carries_script_or_style() -> None:
    for path in files(".html"):
        text = path.read_text("utf-8")
        for pattern in (r"<style\b", r"\sstyle\s*=", r"\son[a-z]+\s*=\s*[\"']", r"javascript:"):
            assert not re.search(pattern, text), (path, pattern)
        for script in re.findall(r"<script\b[^>]*>(.*?)</script>", text, re.DOTALL):
            assert not script.strip(), path


def test_nothing_is_fetched_from_elsewhere() -> None:
    namespaces = re.compile(r"https?://www\.w3\.org/")
    for path in files(".html", ".js", ".css", ".svg"):
        text = namespaces.sub("", path.read_text("utf-8"))
        assert not re.search(r"https?://|[\"'(]//[a-z]", text), path


def test_every_package_with_models_stands_under_the_laws() -> None:
    gathered = (APP / "laws.py").read_text("utf-8")
    for path in sorted(APP.glob("*/models.py")):
        package = path.parent.name
        scope = path.with_name("scope.py")
        module = "scope" if scope.exists() else "models"
        assert f"import app.{package}.{module}" in gathered, package
