"""The order in which the days of the form have to lie (13–17)."""

from app.notifications.rule import Rule, in_order

DATE_RULES: tuple[Rule, ...] = (
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
        "infected_after_onset",
        "infected_on",
        "onset_on",
        "感染推定日が発病年月日より後になっています。",
        "The presumed infection lies after the onset.",
    ),
    in_order(
        "infected_after_diagnosis",
        "infected_on",
        "diagnosed_on",
        "感染推定日が診断年月日より後になっています。",
        "The presumed infection lies after the diagnosis.",
    ),
    in_order(
        "onset_after_diagnosis",
        "onset_on",
        "diagnosed_on",
        "発病年月日が診断年月日より後になっています。",
        "The onset lies after the diagnosis.",
    ),
    in_order(
        "visit_after_diagnosis",
        "first_visit_on",
        "diagnosed_on",
        "初診年月日が診断年月日より後になっています。",
        "The first visit lies after the diagnosis.",
    ),
    in_order(
        "diagnosed_after_report",
        "diagnosed_on",
        "reported_on",
        "診断年月日が報告年月日より後になっています。",
        "The diagnosis lies after the report.",
    ),
    in_order(
        "onset_after_report",
        "onset_on",
        "reported_on",
        "発病年月日が報告年月日より後になっています。",
        "The onset lies after the report.",
    ),
    in_order(
        "onset_after_death",
        "onset_on",
        "died_on",
        "発病年月日が死亡年月日より後になっています。",
        "The onset lies after the death.",
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
)
