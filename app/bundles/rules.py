"""When a bundle is done: every sheet counted, a sample looked at by a second person."""

from dataclasses import dataclass
from typing import Final

from app.core.labels import Label

LEAST: Final = 5
SHARE: Final = 20
"""One sheet in twenty is checked, five at least."""


@dataclass(frozen=True, slots=True)
class Tally:
    """The sheets of a bundle, counted."""

    counted: int
    begun: int = 0
    typed: int = 0
    left_out: int = 0
    sample: int = 0
    looked_at: int = 0
    with_errors: int = 0
    wrong_items: int = 0

    @property
    def done(self) -> int:
        """Typed, or left out with a reason."""
        return self.typed + self.left_out

    @property
    def error_rate(self) -> float | None:
        """Sheets with an error per 100 looked at; None before any was."""
        return 100 * self.with_errors / self.looked_at if self.looked_at else None


def sample_size(typed: int) -> int:
    """How many of the typed sheets a second person looks at."""
    return min(typed, max(LEAST, -(-typed // SHARE)))


def obstacle(tally: Tally, explanation: str) -> Label | None:
    """Why a bundle cannot be called checked yet; None when it can."""
    if tally.begun > tally.done:
        return Label("入力中の用紙があります。", "Sheets are still being typed.")
    if not tally.done:
        return Label("入力済みの用紙がありません。", "No sheet was typed yet.")
    if tally.sample < sample_size(tally.typed):
        return Label(
            "抽出確認の対象を選んでください。", "Draw the sample for the second look first."
        )
    if tally.looked_at < tally.sample:
        return Label("抽出確認が終わっていません。", "The sample was not looked at yet.")
    if tally.done != tally.counted and not explanation.strip():
        return Label(
            "枚数が一致しません。相違の理由を記入してください。",
            "The numbers differ. Say why in words.",
        )
    return None
