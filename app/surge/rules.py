"""When the portal puts notifications first, decided from the queue of requests alone."""

from dataclasses import dataclass, replace
from typing import Final

from app.core.labels import CodeList, Label

MODES = CodeList(
    "surge_mode",
    ("auto", "自動（混雑に応じて切替え）", "Automatic, by the load"),
    ("on", "届出優先モードにする", "Notifications only"),
    ("off", "通常どおり（切り替えない）", "Never"),
)

OPERATOR: Final = Label(
    "運用者の操作により、届出を優先しています。",
    "Notifications come first, by decision of the operator.",
)
LOAD: Final = Label(
    "アクセスが集中しているため、届出を優先しています。",
    "Notifications come first, as very many requests arrive.",
)


@dataclass(frozen=True, slots=True)
class Limits:
    """When the mode begins and ends. Depths are requests that wait for a free thread."""

    begins_at_depth: int = 16
    begins_after_seconds: float = 3.0
    ends_at_depth: int = 2
    ends_after_seconds: float = 60.0


@dataclass(frozen=True, slots=True)
class Load:
    """What one web process has seen: is it overloaded, and since when does the other hold?

    ``turning_since`` is the monotonic second since which the queue speaks for a change.
    """

    overloaded: bool = False
    turning_since: float | None = None


def observed(load: Load, depth: int, second: float, limits: Limits) -> Load:
    """The load after seeing ``depth`` waiting requests at a monotonic ``second``.

    A short peak begins nothing, and the mode does not flicker: it begins after seconds of a
    long queue and ends after a minute of a short one.
    """
    speaks_for_change = (
        depth <= limits.ends_at_depth if load.overloaded else depth >= limits.begins_at_depth
    )
    if not speaks_for_change:
        return replace(load, turning_since=None)
    since = second if load.turning_since is None else load.turning_since
    needed = limits.ends_after_seconds if load.overloaded else limits.begins_after_seconds
    if second - since < needed:
        return replace(load, turning_since=since)
    return Load(overloaded=not load.overloaded)


def why_notifications_first(mode: str, *, overloaded: bool) -> Label | None:
    """The reason to give to people; None in normal service."""
    if mode == "on":
        return OPERATOR
    if mode == "auto" and overloaded:
        return LOAD
    return None
