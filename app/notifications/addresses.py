"""Where the steps of an entry form lead: its own pages, or those of whoever lends the form."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import url_for

from app.core.pages import Crumb
from app.institutions.diseases import Disease
from app.notifications.beside import Panel, panel_beside
from app.notifications.drafts import list_crumb
from app.notifications.models import Notification


@dataclass(frozen=True, slots=True)
class Addresses:
    """Addresses around the form of one draft.

    Attributes:
        kept: where a saved draft is opened again.
        done: where a submitted notification leads.
        panel: stands beside the form instead of what features put there.
    """

    kept: Callable[[Notification], str]
    done: Callable[[Notification], str]
    cancel: str
    discard: str | None
    autosave: str | None
    trail: tuple[Crumb, ...]
    panel: Panel | None = None


def around(
    title: str,
    draft: Notification | None,
    former: Notification | None,
    disease: Disease,
    addresses: Addresses | None,
) -> dict[str, Any]:
    """What the template is given: those lent, or those of the form's own view."""
    if addresses is not None:
        return {
            "trail": addresses.trail,
            "cancel_url": addresses.cancel,
            "discard_url": addresses.discard,
            "autosave_url": addresses.autosave,
            "beside": addresses.panel or panel_beside(draft),
        }
    return {
        "trail": (list_crumb(), Crumb(title)),
        "cancel_url": url_for(".show", pk=former.id) if former else url_for(".list"),
        "discard_url": url_for(".discard", pk=draft.id) if draft else None,
        "autosave_url": None if former else _autosave_url(draft, disease),
        "beside": panel_beside(draft),
    }


def _autosave_url(draft: Notification | None, disease: Disease) -> str:
    if draft is None:
        return url_for(".autosave", disease=disease.family)
    return url_for(".autosave_draft", pk=draft.id)
