"""Whatever acts without a person is called by a name people can read."""

import ast
from collections.abc import Iterator

import pytest

from app.imports.creating import WRITER
from app.imports.opendata.writing import ACTOR_NAME
from app.security.system_actors import SYSTEM_ACTORS, system_name
from tests.guards.sources import modules

pytestmark = pytest.mark.one_database

ACTS = {"system_actor", "daily", "regularly", "over_all_rows"}
# Where the name comes from one of the others, or is a constant of its own.
PASSED_ON = {
    ("app/jobs/daily.py", "name"): set(),
    ("app/jobs/regular.py", "name"): set(),
    ("app/security/claims.py", "purpose"): set(),
    ("app/imports/opendata/cli.py", "ACTOR_NAME"): {ACTOR_NAME},
    ("app/imports/applying.py", "WRITER"): set(),
    ("app/imports/checking.py", "WRITER"): set(),
    ("app/imports/creating.py", "WRITER"): {WRITER},
    ("app/imports/undoing.py", "WRITER"): set(),
}
# Nobody acts by it any more; the history still holds it.
FORMER = {"break-glass"}

HOUSEHOLD = "patient page"
"""Whoever opened a patient's link: no system, and no person with a name either."""


def names() -> Iterator[tuple[str, set[str]]]:
    """Path → names given there to what acts by itself."""
    for path, tree in modules():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            if ast.unparse(node.func).rpartition(".")[2] not in ACTS:
                continue
            given = node.args[0]
            if isinstance(given, ast.Constant):
                yield path, {str(given.value)}
            else:
                yield path, PASSED_ON[path, ast.unparse(given)]


def test_every_system_actor_has_a_label_and_every_label_an_actor() -> None:
    used = set().union(*(found for _path, found in names()))
    assert used | FORMER | {HOUSEHOLD} == set(SYSTEM_ACTORS)


def test_labels_tell_actors_apart_in_both_languages() -> None:
    for language in ("ja", "en"):
        labels = [getattr(label, language) for label in SYSTEM_ACTORS.values()]
        assert len(set(labels)) == len(labels)
        assert all(labels)


def test_an_unknown_name_is_shown_as_it_is_stored() -> None:
    assert (system_name("surge"), system_name("x")) == ("届出優先モードの自動制御", "x")
