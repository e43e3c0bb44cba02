"""Pages made by typst from a template and plain values, in fonts that come with the portal."""

import json
from collections.abc import Mapping
from importlib.resources.abc import Traversable
from typing import Any

import pylopdf_fonts_jp
import typst


def compile_pdf(template: Traversable, values: Mapping[str, object]) -> bytes:
    """The PDF of ``template``; each value reaches it as JSON under its name."""
    return _compiled(template, values, format="pdf")


def compile_png(template: Traversable, values: Mapping[str, object], *, ppi: float = 144) -> bytes:
    """A template of one page as a PNG of ``ppi`` pixels per inch."""
    return _compiled(template, values, format="png", ppi=ppi)


def _compiled(template: Traversable, values: Mapping[str, object], **output: Any) -> bytes:
    """The page made.

    Nothing typed by anybody is ever read as markup: templates decode the JSON. Only our own
    fonts are used and they are embedded, so a page looks the same wherever it is made.
    """
    source: Any = template.read_bytes()
    made: bytes = typst.compile(
        source,
        font_paths=[str(pylopdf_fonts_jp.sans_path().parent)],
        ignore_system_fonts=True,
        sys_inputs={name: json.dumps(value, ensure_ascii=False) for name, value in values.items()},
        **output,
    )
    return made
