"""How the cases of a disease are observed: days, reports a day, and what counts as a fall."""

from functools import partial

from sqlalchemy import Integer, String
from sqlalchemy.orm import Mapped

from app.core.items import Privacy, Section, item
from app.core.labels import CodeList, Label

FOLLOW_UP = Section("disease_follow_up", 20, Label("健康観察の基準", "Follow-up defaults"))
_default = partial(item, section=FOLLOW_UP, privacy=Privacy.PUBLIC)

OBSERVED_FROM = CodeList(
    "observed_from",
    ("onset_on", "発症日", "Onset"),
    ("diagnosed_on", "診断日", "Diagnosis"),
    ("reported_on", "届出日", "Notification"),
)
"""The date from which the days of a case are counted; where it is empty, the next one."""


class DiseaseFollowUp:
    """Items of ``Disease`` beside its thresholds; empty is ``followup.plan_rules``' default."""

    spo2_drop: Mapped[int | None] = _default(
        Integer,
        ja="酸素飽和度の低下（橙）24時間で",
        en="SpO2 orange when it falls in 24 hours by",
        unit=Label("ポイント", "points"),
        minimum=1,
        maximum=30,
    )
    case_observation_days: Mapped[int | None] = _default(
        Integer,
        ja="療養者の健康観察期間",
        en="Observation period of a case",
        unit=Label("日", "days"),
        minimum=0,
        maximum=365,
    )
    case_observed_from: Mapped[str | None] = _default(
        String(16),
        ja="療養者の健康観察の起算日",
        en="Days of a case are counted from",
        codes=OBSERVED_FROM,
    )
    observations_per_day: Mapped[int | None] = _default(
        Integer,
        ja="1日の健康観察回数",
        en="Observations a day",
        source="添付3-3（朝・夕）",
        unit=Label("回", "times"),
        minimum=1,
        maximum=2,
    )
