"""Resource name → the one generated view that draws it, for views that lead to each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.generated.views import GeneratedView

VIEWS: dict[str, GeneratedView] = {}
