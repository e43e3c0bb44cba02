"""The rules for contacts: the chain behind them, and their observation."""

from datetime import timedelta

from app.core.labels import Label
from app.quality.facts import ContactFacts, Limits
from app.quality.rules import DOUBTFUL, NOTE, WRONG, Fault, Rule, when

AFTER_THE_END = timedelta(days=3)


def _observed_too_long(facts: ContactFacts, limits: Limits) -> Fault | None:
    if facts.became_case or facts.plan_status not in ("active", "paused"):
        return None
    ends_on = facts.observe_until_on
    return Fault() if ends_on is not None and limits.today - ends_on > AFTER_THE_END else None


def _no_phone(facts: ContactFacts) -> bool:
    numbers = (facts.mobile_phone, facts.home_phone, facts.location_phone)
    return facts.status == "under_observation" and not any(numbers)


CONTACT_RULES: tuple[Rule, ...] = (
    Rule(
        "ends_before_exposure",
        "contact",
        WRONG,
        Label(
            "健康観察終了予定日が最終接触日より前になっています。",
            "The observation ends before the last exposure.",
        ),
        Label("どちらかの日付を訂正してください。", "Correct one of the two days."),
        ("contact.last_exposure_on", "contact.observe_until_on"),
        when(
            lambda f: (
                f.last_exposure_on
                and f.observe_until_on
                and f.observe_until_on < f.last_exposure_on
            )
        ),
        ("contact.last_exposure_on", "contact.observe_until_on"),
    ),
    Rule(
        "contact_without_exposure",
        "contact",
        DOUBTFUL,
        Label(
            "接触の記録がなく、誰の接触者か分かりません。",
            "No exposure is recorded: nobody knows whose contact this is.",
        ),
        Label(
            "接触者の画面で感染源の患者と接触日を登録してください。",
            "Enter the source case and the day on the page of the contact.",
        ),
        ("contact.last_exposure_on", "contact.status"),
        when(lambda f: f.exposures == 0),
    ),
    Rule(
        "contact_without_source",
        "contact",
        DOUBTFUL,
        Label(
            "感染源の患者がすべて取下げ又は疑い解消となっています。",
            "Every source case was withdrawn or cleared of its suspicion.",
        ),
        Label(
            "健康観察を続ける必要があるか確認してください。",
            "Check whether the observation has to go on.",
        ),
        ("contact.last_exposure_on", "contact.observe_until_on"),
        when(
            lambda f: (
                f.exposures > 0 and f.sources_in_force == 0 and f.status == "under_observation"
            )
        ),
        ("contact.observe_until_on",),
    ),
    Rule(
        "last_exposure_missing",
        "contact",
        DOUBTFUL,
        Label("最終接触日が入力されていません。", "The day of the last exposure is missing."),
        Label(
            "本人又は患者に確認し、入力してください。",
            "Ask the contact or the patient, and enter it.",
        ),
        ("contact.last_exposure_on", "contact.observe_until_on"),
        when(lambda f: f.exposures > 0 and f.last_exposure_on is None),
        ("contact.last_exposure_on", "contact.observe_until_on"),
    ),
    Rule(
        "ill_but_no_case",
        "contact",
        DOUBTFUL,
        Label(
            "観察期間内に発症していますが、患者として登録されていません。",
            "Fell ill during the observation, but became no case.",
        ),
        Label(
            "検査結果を確認し、陽性の場合は患者へ切り替えてください。",
            "See the test; if it was positive, make the contact a case.",
        ),
        ("contact.fell_ill", "contact.status"),
        when(lambda f: f.fell_ill == "yes" and not f.became_case),
        ("contact.fell_ill",),
    ),
    Rule(
        "contact_phone_missing",
        "contact",
        DOUBTFUL,
        Label(
            "健康観察中の接触者の電話番号がありません。",
            "A contact under observation has no telephone number.",
        ),
        Label(
            "健康観察ができるよう、電話番号を入力してください。",
            "Enter a number, or nobody can call the contact.",
        ),
        ("contact.status", "person.mobile_phone", "person.home_phone"),
        when(_no_phone),
        ("person.mobile_phone", "person.home_phone"),
    ),
    Rule(
        "observed_after_the_end",
        "contact",
        NOTE,
        Label(
            "終了予定日を過ぎても健康観察が続いています。",
            "The observation runs on after its end.",
        ),
        Label("終了予定日を確認してください。", "Check the day on which it ends."),
        ("contact.observe_until_on", "contact.last_exposure_on"),
        _observed_too_long,
        ("contact.observe_until_on",),
        by_time=True,
    ),
)
