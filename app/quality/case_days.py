"""Rules about the days of a case: their order, those that lie too far apart, those that lack."""

from datetime import date, timedelta

from app.cases.date_order import DAY_ORDER, DayOrder
from app.core.labels import Label
from app.notifications.deadline import DAYS
from app.quality.facts import AT_HOME, CaseFacts, Limits
from app.quality.rules import DOUBTFUL, NOTE, WRONG, Fault, Rule, first_row, when

LONG_FOLLOW_UP = timedelta(days=30)
NO_OUTCOME = timedelta(days=60)
FIRST_VACCINATION = {"covid_19": date(2021, 2, 17)}
"""Family of diseases → the day its vaccine was first given in Japan."""
_IN_HOSPITAL = frozenset({"hospitalised", "hospitalised_severe"})
_OVER = frozenset({"discharged", "died", "cleared", "withdrawn"})
_COVID = Label("新型コロナウイルス感染症", "COVID-19")


def _ordered(order: DayOrder) -> Rule:
    names = tuple(f"case.{name}" for name in (order.earlier, order.later))
    remedy = Label(
        "どちらかの日付を届出票等で確認し、訂正してください。",
        "Check both days against the document and correct the wrong one.",
    )
    check = when(lambda f: order.broken({n: getattr(f, n) for n in (order.earlier, order.later)}))
    return Rule(order.code, "case", WRONG, order.sentence, remedy, names, check, names)


def _in_future(facts: CaseFacts, limits: Limits) -> Fault | None:
    days = (facts.onset_on, facts.diagnosed_on, facts.reported_on, facts.died_on)
    return Fault() if any(day is not None and day > limits.today for day in days) else None


def _late(facts: CaseFacts, limits: Limits) -> Fault | None:
    allowed = DAYS.get(facts.notification_timing)
    if allowed is None or facts.reported_on is None or facts.diagnosed_on is None:
        return None
    taken = (facts.reported_on - facts.diagnosed_on).days
    return Fault() if taken > allowed + limits.late_tolerance_days else None


def _born_later(facts: CaseFacts) -> bool:
    days = (facts.onset_on, facts.diagnosed_on)
    return facts.birth_on is not None and any(d is not None and d < facts.birth_on for d in days)


def _followed_too_long(facts: CaseFacts, limits: Limits) -> Fault | None:
    begun = facts.onset_on or facts.diagnosed_on
    if facts.status not in AT_HOME or begun is None:
        return None
    return Fault() if limits.today - begun > LONG_FOLLOW_UP else None


def _without_outcome(facts: CaseFacts, limits: Limits) -> Fault | None:
    begun = facts.diagnosed_on or facts.reported_on
    settled = facts.outcome is not None or facts.status in _OVER | _IN_HOSPITAL | AT_HOME
    if settled or begun is None:
        return None
    return Fault() if limits.today - begun > NO_OUTCOME else None


def _vaccinated_too_early(facts: CaseFacts, _limits: Limits) -> Fault | None:
    first = FIRST_VACCINATION.get(facts.family)
    early = first is not None and any(day < first for day in facts.doses)
    return Fault(facts.notification_id, str(facts.doses)) if early else None


DAY_RULES: tuple[Rule, ...] = (
    *map(_ordered, DAY_ORDER),
    Rule(
        "day_in_future",
        "case",
        WRONG,
        Label("将来の日付が入力されています。", "A day lies in the future."),
        Label("年の入力誤りがないか確認してください。", "Look for a slip in the year."),
        ("case.onset_on", "case.diagnosed_on", "case.reported_on", "case.died_on"),
        _in_future,
        ("case.onset_on", "case.diagnosed_on", "case.reported_on", "case.died_on"),
    ),
    Rule(
        "born_after_illness",
        "case",
        WRONG,
        Label(
            "生年月日が発病日・診断日より後になっています。",
            "The date of birth lies after the onset or the diagnosis.",
        ),
        Label("生年月日を確認してください。", "Check the date of birth."),
        ("person.birth_on", "case.onset_on", "case.diagnosed_on"),
        when(_born_later),
        ("person.birth_on", "case.onset_on", "case.diagnosed_on"),
    ),
    Rule(
        "discharge_before_admission",
        "case",
        WRONG,
        Label(
            "退院日（療養解除日）が入院日より前になっています。",
            "The discharge lies before the admission.",
        ),
        Label("入院日と退院日を確認してください。", "Check the admission and the discharge."),
        ("stay.from_on", "case.discharged_on"),
        first_row(
            lambda f: f.stays,
            lambda f, s: s.place == "hospital" and f.discharged_on and f.discharged_on < s.from_on,
        ),
        ("stay.from_on", "case.discharged_on"),
    ),
    Rule(
        "stay_ends_before_it_begins",
        "case",
        WRONG,
        Label("入院・療養の終了日が開始日より前になっています。", "A stay ends before it begins."),
        Label("開始日と終了日を確認してください。", "Check both days of the stay."),
        ("stay.from_on", "stay.to_on"),
        first_row(lambda f: f.stays, lambda _f, s: s.to_on is not None and s.to_on < s.from_on),
        ("stay.from_on", "stay.to_on"),
    ),
    Rule(
        "death_without_outcome",
        "case",
        WRONG,
        Label(
            "死亡日がありますが、転帰が「死亡」ではありません。",
            "There is a date of death, but the outcome is not “died”.",
        ),
        Label(
            "転帰を「死亡」とするか、死亡日を削除してください。",
            "Set the outcome to “died”, or remove the date.",
        ),
        ("case.outcome", "case.died_on"),
        when(lambda f: f.died_on is not None and f.outcome != "died"),
        ("case.outcome", "case.died_on"),
    ),
    Rule(
        "died_without_date",
        "case",
        WRONG,
        Label("転帰が「死亡」ですが、死亡日がありません。", "Died, but without a date of death."),
        Label("死亡日を入力してください。", "Enter the date of death."),
        ("case.outcome", "case.died_on"),
        when(lambda f: f.outcome == "died" and f.died_on is None),
        ("case.died_on",),
    ),
    Rule(
        "onset_missing",
        "case",
        DOUBTFUL,
        Label(
            "患者（確定例）の発病年月日が入力されていません。",
            "The date of onset of a confirmed patient is missing.",
        ),
        Label(
            "届出医療機関又は本人に確認し、入力してください。",
            "Ask the institution or the patient, and enter it.",
        ),
        ("case.onset_on", "case.diagnosed_on"),
        when(lambda f: f.diagnosis_type == "confirmed" and f.onset_on is None),
        ("case.onset_on",),
    ),
    Rule(
        "diagnosis_missing",
        "case",
        DOUBTFUL,
        Label("診断年月日が入力されていません。", "The date of the diagnosis is missing."),
        Label("届出票で確認し、入力してください。", "See the notification and enter it."),
        ("case.diagnosed_on", "case.reported_on"),
        when(lambda f: f.diagnosed_on is None),
        ("case.diagnosed_on",),
    ),
    Rule(
        "recovered_without_date",
        "case",
        DOUBTFUL,
        Label(
            "転帰が「軽快」ですが、退院日（療養解除日）がありません。",
            "Recovered, but without a date of discharge.",
        ),
        Label("退院日（療養解除日）を入力してください。", "Enter the date of discharge."),
        ("case.outcome", "case.discharged_on"),
        when(lambda f: f.outcome == "recovered" and f.discharged_on is None),
        ("case.discharged_on",),
    ),
    Rule(
        "specimen_day_missing",
        "case",
        DOUBTFUL,
        Label(
            "陽性の検査に検体採取日がありません。",
            "A positive test has no day on which the specimen was taken.",
        ),
        Label("検査機関・医療機関に確認し、入力してください。", "Ask for the day and enter it."),
        ("lab_test.collected_on", "lab_test.resulted_on", "lab_test.result"),
        first_row(
            lambda f: f.tests, lambda _f, t: t.result == "positive" and t.collected_on is None
        ),
        ("lab_test.collected_on",),
    ),
    Rule(
        "follow_up_too_long",
        "case",
        DOUBTFUL,
        Label(
            "発病（診断）から30日を過ぎても、療養中のままです。",
            "Still under care outside a hospital more than 30 days after the onset.",
        ),
        Label(
            "療養が終わっている場合は、転帰と退院日（療養解除日）を入力してください。",
            "If the care has ended, enter the outcome and the date of discharge.",
        ),
        ("case.status", "case.onset_on", "case.outcome", "case.discharged_on"),
        _followed_too_long,
        ("case.outcome", "case.discharged_on"),
        by_time=True,
    ),
    Rule(
        "vaccinated_too_early",
        "case",
        DOUBTFUL,
        Label(
            "国内でワクチン接種が始まる前の接種日が届け出られています。",
            "A dose was given before the vaccine existed in Japan.",
        ),
        Label(
            "届出医療機関に接種日を確認し、訂正を依頼してください。",
            "Ask the institution for the day; it corrects its notification.",
        ),
        ("notification.dose1_on", "notification.dose2_on", "notification.dose3_on"),
        _vaccinated_too_early,
        diseases=_COVID,
    ),
    Rule(
        "reported_late",
        "case",
        NOTE,
        Label(
            "診断から届出までの日数が、届出期限を大きく超えています。",
            "The report came long after the deadline of the law.",
        ),
        Label(
            "日付に誤りがなければ、理由を確認してください。",
            "If the days are right, ask why.",
        ),
        ("case.diagnosed_on", "case.reported_on"),
        _late,
        ("case.diagnosed_on", "case.reported_on"),
        diseases=Label("直ちに・7日以内に届け出る疾病", "Diseases notified at once or in 7 days"),
    ),
    Rule(
        "outcome_missing",
        "case",
        NOTE,
        Label(
            "診断から60日を過ぎましたが、転帰が入力されていません。",
            "No outcome, more than 60 days after the diagnosis.",
        ),
        Label("転帰とその日付を入力してください。", "Enter the outcome and its date."),
        ("case.status", "case.outcome", "case.discharged_on", "case.died_on"),
        _without_outcome,
        ("case.outcome", "case.discharged_on", "case.died_on"),
        by_time=True,
    ),
)
