"""What becomes of a row: what the file says, the portal holds, and the file said last time. Pure.

For each item with a value in the file (a blank cell says nothing):

| file | portal | last import | outcome |
| --- | --- | --- | --- |
| a | a | anything | nothing |
| a | b | a | nothing: staff changed it, the file has nothing new |
| a | b | b | the file's value: nobody touched it |
| a | none | none | the file's value |
| a | b | c or none | conflict: both are shown, somebody decides |
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.core.japanese import kana_key, phone_key
from app.imports.targets import COMPARED, KEY, TARGETS
from app.tables.values import folded

Values = Mapping[str, Any]
_MISSING: tuple[Any, ...] = (None, "", [])


@dataclass(slots=True)
class Verdict:
    """``taken`` and ``disputed`` map items to ``[portal, file]``."""

    taken: dict[str, list[Any]] = field(default_factory=dict)
    disputed: dict[str, list[Any]] = field(default_factory=dict)

    @property
    def plan(self) -> str:
        """The plan of a row whose case exists."""
        if self.disputed:
            return "conflict"
        return "changed" if self.taken else "same"

    def plain(self) -> dict[str, Any]:
        """As it is kept with the row."""
        return {"set": self.taken, "conflict": self.disputed}


def judge(said: Values, ours: Values, last: Values) -> Verdict:
    """The table above, for every compared item of ``said``."""
    verdict = Verdict()
    for name in COMPARED:
        new = said.get(name)
        if new in _MISSING:
            continue
        held, before = ours.get(name), last.get(name)
        if _same(name, new, held) or _same(name, new, before):
            continue
        if _same(name, held, before):
            verdict.taken[name] = [held, new]
        else:
            verdict.disputed[name] = [held, new]
    return verdict


def is_another_person(said: Values, ours: Values) -> bool:
    """True when name and date of birth are both said, both known, and both different."""
    return all(
        said.get(name) not in _MISSING
        and ours.get(name) not in _MISSING
        and not _same(name, said[name], ours[name])
        for name in ("person.name", "person.birth_on")
    )


def decided(verdict: Verdict, choice: str | None) -> dict[str, list[Any]]:
    """What is written once somebody has decided: the file's disputed values only if chosen."""
    return {**verdict.taken, **(verdict.disputed if choice == "file" else {})}


def digest_of(key: str | None, said: Values) -> str:
    """The same for the same values, whatever their order."""
    text = json.dumps([key, dict(said)], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _same(name: str, one: Any, other: Any) -> bool:
    if one in _MISSING or other in _MISSING:
        return one in _MISSING and other in _MISSING
    if one == other:
        return True
    kind = TARGETS[name].kind
    if kind == "phone":
        return phone_key(one) == phone_key(other)
    if kind == "kana":
        return kana_key(one) == kana_key(other)
    return kind in ("text", "lines") and folded(one) == folded(other)


ATTACHED = KEY
"""The item under which the taking of another system's number is noted."""
