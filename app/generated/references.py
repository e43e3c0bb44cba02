"""Where the choices of reference items come from: model name → how to look a record up."""

from collections.abc import Mapping

from app.core.forms import ReferenceSource

_sources: dict[str, ReferenceSource] = {}


def reference_source(model_name: str, source: ReferenceSource) -> None:
    """Say how items that refer to ``model_name`` are chosen and read back."""
    _sources[model_name] = source


def sources() -> Mapping[str, ReferenceSource]:
    """All known sources, by model name."""
    return _sources
