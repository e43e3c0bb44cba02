"""Writes ``docs/access-matrix.md`` from the matrix in the code: ``python -m app.devtools.matrix``."""

from collections.abc import Iterator

from app.core.items import Privacy
from app.security.roles import ROLES, Role, RoleName
from config import ROOT

PATH = ROOT / "docs" / "access-matrix.md"
_INTRODUCTION = """\
# Who may do what

Made from `app/security/roles.py` by `python -m app.devtools.matrix`; a test holds that this page is
not stale. A right opens a door; which records exist behind it is said beside each model (`scope.py`),
and the walk over every door (`tests/access`) proves both together. What is not here is denied.
"""


def page() -> str:
    """The whole page as Markdown."""
    return "\n".join([_INTRODUCTION, *_classes(), "", *_histories(), "", *_doors()]) + "\n"


def _classes() -> Iterator[str]:
    yield "## Classes of item\n"
    yield "| role | reads | writes |"
    yield "| --- | --- | --- |"
    for name, role in _roles():
        reads, writes = (_words(chosen) for chosen in (role.reads, role.writes))
        yield f"| {role.label.ja} ({role.label.en}, `{name}`) | {reads} | {writes} |"


def _histories() -> Iterator[str]:
    whole = ", ".join(f"`{name}`" for name, role in _roles() if role.sees_all_history)
    yield "## Histories\n"
    yield f"What other institutions did to a record is read by {whole}."
    yield "The other roles that open a history find there what their own institution did."


def _words(chosen: frozenset[Privacy]) -> str:
    if chosen == frozenset(Privacy):
        return "everything"
    return ", ".join(one.value for one in Privacy if one in chosen) or "nothing"


def _doors() -> Iterator[str]:
    resources = sorted({resource for _name, role in _roles() for resource in role.doors})
    yield "## Doors\n"
    for resource in resources:
        yield f"### {resource}\n"
        for name, role in _roles():
            actions = role.doors.get(resource)
            if actions:
                yield f"- `{name}`: {', '.join(sorted(actions))}"
        yield ""


def _roles() -> Iterator[tuple[str, Role]]:
    return ((name.value, role) for name, role in ROLES.items() if name is not RoleName.SYSTEM)


if __name__ == "__main__":
    PATH.write_text(page(), encoding="utf-8")
