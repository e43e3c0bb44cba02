"""Code lists of the analysis."""

from app.core.labels import CodeList

SHARING = CodeList(
    "analysis_sharing",
    ("own", "自分のみ", "Only me"),
    ("institution", "自機関", "My institution"),
    ("area", "自機関と管内の機関", "My institution and those below it"),
)
