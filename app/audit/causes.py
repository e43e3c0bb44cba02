"""What the history calls a job that changed something, and a reason the portal itself gave.

Both are stored as words that never change (``refresh case statuses``, ``contact_converted``)
and read in the reader's language. A reason may carry a detail: ``open_data: list.csv``.
"""

from collections.abc import Callable
from dataclasses import dataclass

from app.core.labels import Label

_actors: dict[str, Label] = {}
_reasons: dict[str, Label] = {}
_SEPARATOR = ": "


def called(actor_name: str, label: Label) -> None:
    """Say what a job or command is called in the history."""
    _actors[actor_name] = label


def reason(code: str, label: Label) -> Callable[[str], str]:
    """Name a reason; the answer makes what is stored, from a detail that may be empty."""
    _reasons[code] = label

    def make(detail: str = "") -> str:
        return f"{code}{_SEPARATOR}{detail}" if detail else code

    return make


@dataclass(frozen=True, slots=True)
class Reason:
    """``named`` by the portal, ``detail`` in somebody's own words; either may be empty."""

    named: str
    detail: str


def name_of_actor(stored: str) -> str:
    """The job's name for the reader; a name nobody registered is shown as it is."""
    label = _actors.get(stored)
    return str(label) if label else stored


def read_reason(stored: str | None) -> Reason:
    """A stored reason in the reader's language."""
    code, _, detail = (stored or "").partition(_SEPARATOR)
    if code in _reasons:
        return Reason(str(_reasons[code]), detail)
    return Reason("", stored or "")


REVERTED = reason("reverted", Label("変更の取消し", "Change taken back"))

called("import open-data", Label("取込（オープンデータ）", "Import (open data)"))
called("demo data", Label("デモデータの作成", "Demo data"))
called("command line", Label("コマンドによる操作", "Command line"))
called("master load", Label("マスタの読込", "Loading of master data"))
called("master area", Label("管轄区域の設定（コマンド）", "Areas (command line)"))
called("master institution", Label("機関の登録（コマンド）", "Institutions (command line)"))
