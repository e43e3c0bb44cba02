"""Writes ``docs/access-matrix.md`` from the matrix in the code: ``python -m app.devtools.matrix``."""

from collections.abc import Iterator

from app.core.items import Privacy
from app.institutions.rules import (
    ENTRIES_OF_KIND,
    MANAGED_BY,
    ROLES_OF_KIND,
    InstitutionKind,
    needs_letting_in,
)
from app.security.roles import ROLES, Role, RoleName, entries_needed
from config import ROOT

PATH = ROOT / "docs" / "access-matrix.md"
_INTRODUCTION = """\
# Who may do what

Made from `app/security/roles.py` by `python -m app.devtools.matrix`; a test holds that this page is
not stale. A right opens a door; which records exist behind it is said beside each model (`scope.py`),
and the walk over every door (`tests/access`) proves both together. What is not here is denied.

An action followed by *→ entry* opens only where the institution was given that entry
([decision 10](adr/0010-who-is-let-in-and-how-long.md)). Headquarters read no identity; for the
coordination of admissions they will be given it with a reason, together with that work.
"""


def page() -> str:
    """The whole page as Markdown."""
    parts = [_INTRODUCTION, *_classes(), "", *_kinds(), "", *_histories(), "", *_doors()]
    return "\n".join(parts) + "\n"


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


def _kinds() -> Iterator[str]:
    yield "## Institutions\n"
    yield "From `app/institutions/rules.py`. Managing reaches no further than the own branch.\n"
    yield "| kind | its accounts carry | may be let do | managed by |"
    yield "| --- | --- | --- | --- |"
    for kind in InstitutionKind:
        carried = [role for role in RoleName if role in ROLES_OF_KIND[kind]]
        given = [str(entry) for entry in ENTRIES_OF_KIND.get(kind, ())]
        if not needs_letting_in(kind):
            given = ["is in without"]
        managing = [role for role, kinds in MANAGED_BY.items() if kind in kinds]
        cells = (", ".join(words) or "nobody" for words in (carried, given, managing))
        yield f"| `{kind}` | {' | '.join(cells)} |"


def _with_entry(name: str, action: str, resource: str) -> str:
    needed = entries_needed(RoleName(name), action, resource)
    return f"{action} → {' or '.join(sorted(needed))}" if needed else action


def _doors() -> Iterator[str]:
    resources = sorted({resource for _name, role in _roles() for resource in role.doors})
    yield "## Doors\n"
    for resource in resources:
        yield f"### {resource}\n"
        for name, role in _roles():
            actions = role.doors.get(resource)
            if actions:
                words = (_with_entry(name, action, resource) for action in sorted(actions))
                yield f"- `{name}`: {', '.join(words)}"
        yield ""


def _roles() -> Iterator[tuple[str, Role]]:
    return ((name.value, role) for name, role in ROLES.items() if name is not RoleName.SYSTEM)


if __name__ == "__main__":
    PATH.write_text(page(), encoding="utf-8")
