"""The mapping as it was posted by the page: every column's item, every word's code."""

from collections.abc import Mapping as Mapped
from collections.abc import Sequence

from app.tables.layout import Layout
from app.tables.mapping import Mapping, Target
from app.tables.previewing import LEFT_BLANK


def posted_mapping(
    form: Mapped[str, str], layout: Layout, targets: Sequence[Target], before: Mapping
) -> Mapping:
    """What was chosen; words that do not occur in this file keep what they meant ``before``.

    Items and codes that do not exist are left out, as if nothing had been chosen.
    """
    by_name = {one.name: one for one in targets}
    mapped: dict[str, str] = {}
    links: dict[str, str] = {}
    values = {name: dict(words) for name, words in before.values.items()}
    for place, heading in enumerate(layout.headings):
        target = by_name.get(form.get(f"target_{place}", ""))
        if not heading or target is None:
            continue
        if form.get(f"flag_{place}"):
            links[heading] = target.name
            continue
        mapped[heading] = target.name
        for number, word in enumerate(layout.words[place]):
            _set(values, target, word, form.get(f"word_{place}_{number}"))
    return Mapping(mapped, {name: words for name, words in values.items() if words}, links)


def _set(values: dict[str, dict[str, str]], target: Target, word: str, choice: str | None) -> None:
    if choice is None or target.codes is None or target.kind != "code":
        return
    words = values.setdefault(target.name, {})
    if choice == LEFT_BLANK:
        words[word] = ""
    elif choice in target.codes:
        words[word] = choice
    else:
        words.pop(word, None)
