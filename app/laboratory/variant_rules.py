"""Pure rules of variants as a laboratory enters them: what a screening and a genome need."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from app.core.labels import Label


@dataclass(frozen=True, slots=True)
class Entry:
    """What a test is to say of a variant; ``mutation`` and ``variant`` are keys of names."""

    screening: str | None = None
    mutation_id: int | None = None
    genome_known_on: date | None = None
    variant_id: int | None = None

    @property
    def is_empty(self) -> bool:
        """Nothing is said."""
        return self == Entry()


def entry_problems(
    entry: Entry, *, result: str | None, collected_on: date | None, today: date
) -> Mapping[str, Label]:
    """Item → sentence of what is wrong; empty when it may be saved. ``result`` is that of the
    test after the save."""
    problems: dict[str, Label] = {}
    if result != "positive" and not entry.is_empty:
        first = "variant_screening" if entry.screening else "variant_id"
        problems[first] = NOT_POSITIVE
    if entry.mutation_id is not None and entry.screening in (None, "not_done"):
        problems["screening_target_id"] = NOT_SCREENED
    if entry.variant_id is not None and entry.genome_known_on is None:
        problems["genome_known_on"] = NO_DAY
    elif entry.genome_known_on is not None and entry.variant_id is None:
        problems["variant_id"] = NO_NAME
    elif entry.genome_known_on is not None and entry.genome_known_on > today:
        problems["genome_known_on"] = FUTURE
    elif (
        entry.genome_known_on is not None
        and collected_on is not None
        and entry.genome_known_on < collected_on
    ):
        problems["genome_known_on"] = TOO_EARLY
    return problems


NOT_POSITIVE = Label(
    "変異株の検査結果は、結果が「陽性」の検査にのみ入力できます。",
    "Variants are entered for positive tests only.",
)
NOT_SCREENED = Label(
    "スクリーニングの結果（陽性・陰性・判定不能）も入力してください。",
    "Enter the result of the screening too: positive, negative or not determinable.",
)
NO_DAY = Label(
    "ゲノム解析の結果判明日を入力してください。", "Enter the day the genome analysis was known."
)
NO_NAME = Label(
    "変異株名を選択してください。判定できなかったときは「判定不能」を選択します。",
    "Choose the variant; where there was no answer, choose “Not determinable”.",
)
FUTURE = Label(
    "ゲノム解析の結果判明日が未来の日付になっています。",
    "The day of the genome analysis lies ahead.",
)
TOO_EARLY = Label(
    "ゲノム解析の結果判明日が検体採取日より前になっています。",
    "The genome analysis is older than the specimen.",
)
