"""Code lists of clusters."""

from app.core.labels import CodeList

CLUSTER_STATUS = CodeList(
    "cluster_status",
    ("suspected", "疑い（調査中）", "Suspected"),
    ("ongoing", "発生中", "Ongoing"),
    ("watched", "経過観察中", "Being watched"),
    ("over", "終息", "Over"),
    tones={
        "suspected": "warning",
        "ongoing": "danger",
        "watched": "info",
        "over": "success",
    },
)

MEMBER_ROLE = CodeList(
    "member_role",
    ("first", "初発患者", "First case"),
    ("member", "二次感染以降の患者", "Further case"),
    ("unknown", "不明", "Unknown"),
)
