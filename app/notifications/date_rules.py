"""The order in which the days of the form have to lie (13–19)."""

from app.cases.date_order import DAY_ORDER
from app.notifications.rule import Rule, in_order, ordered

DATE_RULES: tuple[Rule, ...] = (
    *map(ordered, DAY_ORDER),
    in_order(
        "born_after_diagnosis",
        "birth_on",
        "diagnosed_on",
        "生年月日が診断年月日より後になっています。",
        "The date of birth lies after the diagnosis.",
    ),
    in_order(
        "born_after_report",
        "birth_on",
        "reported_on",
        "生年月日が報告年月日より後になっています。",
        "The date of birth lies after the report.",
    ),
    in_order(
        "born_after_death",
        "birth_on",
        "died_on",
        "生年月日が死亡年月日より後になっています。",
        "The date of birth lies after the death.",
    ),
    in_order(
        "died_after_report",
        "died_on",
        "reported_on",
        "死亡年月日が報告年月日より後になっています。",
        "The death lies after the report.",
    ),
    in_order(
        "died_after_examination",
        "died_on",
        "body_examined_on",
        "死亡年月日が検案した日より後になっています。",
        "The death lies after the post-mortem examination.",
    ),
    in_order(
        "report_in_future",
        "reported_on",
        "today",
        "報告年月日が未来の日付になっています。",
        "The date of report lies in the future.",
    ),
    in_order(
        "dose_2_before_1",
        "dose1_on",
        "dose2_on",
        "1回目の接種日が2回目より後になっています。",
        "Dose 1 was given after dose 2.",
    ),
    in_order(
        "dose_3_before_2",
        "dose2_on",
        "dose3_on",
        "2回目の接種日が3回目より後になっています。",
        "Dose 2 was given after dose 3.",
    ),
    in_order(
        "admitted_after_report",
        "admitted_on",
        "reported_on",
        "入院年月日が報告年月日より後になっています。",
        "The admission lies after the report.",
    ),
)
