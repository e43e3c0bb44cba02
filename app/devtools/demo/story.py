"""Writes the planned wave through the portal's own verbs, each at the hour it happened."""

from datetime import timedelta
from typing import Any

from app.cases.models import Case, Stay
from app.cases.service import end_access, grant_access
from app.contacts.models import Contact
from app.devtools.demo.epidemic import Course
from app.devtools.demo.health import observations, observed_days
from app.devtools.demo.household import contact_fallen_ill, trace_household
from app.devtools.demo.people import Invented, invent
from app.devtools.demo.teller import Story
from app.devtools.demo.virus import doses_of, identify
from app.institutions.models import Institution
from app.notifications.models import Notification
from app.notifications.service import accept, return_to_sender, submit

SOURCE = "demo"
"""``source_system`` of every demo case, by which a second load knows that they are there."""
QUESTIONS = (
    "possible_duplicate",
    "postal_code_contradicts_address",
    "minor_without_guardian",
    "patient_without_onset",
    "diagnosis_without_day",
)
_RELATED_SHARE = 0.08
_REASONS = ("発病年月日を確認してください。", "検体採取日の記入をお願いします。")
_SYMPTOMS = ("fever", "cough", "acute_respiratory", "fatigue", "headache", "smell_taste_disorder")


def tell(story: Story, course: Course) -> Case:
    """One case: notified, accepted, placed, observed, ended."""
    contact = contact_fallen_ill(story, course)
    person = _person_of(story, course, contact)
    with story.at(course.reported_on, 9 + course.number % 8, course.number % 60):
        notification = submit(
            _form(story, course, person),
            by=story.by,
            person=contact.person if contact else None,
            confirmed=QUESTIONS,
        )
        case = notification.case
        assert case is not None
        case.source_system, case.source_key = SOURCE, str(course.number)
        if contact is not None:
            contact.case, contact.status, contact.fell_ill = case, "became_case", "yes"
    _answer(story, course, notification)
    if course.progress == "accepted":
        _relate(story, course, case)
        _place(story, course, case)
        _observe(story, course, case)
        trace_household(story, course, case, person)
        identify(story, course, case)
    return case


def _person_of(story: Story, course: Course, contact: Contact | None) -> Invented:
    home = course.home
    invented = invent(
        story.random, course.number, story.towns[home.prefecture, home.city], course.reported_on
    )
    if contact is None:
        return invented
    known = contact.person
    return Invented(
        known.name or "",
        known.kana or "",
        contact.sex or "",
        known.birth_on or invented.birth_on,
        known.postal_code or "",
        known.address or "",
        known.mobile_phone or "",
    )


def _form(story: Story, course: Course, person: Invented) -> dict[str, Any]:
    """What the doctor writes."""
    clinic = story.places[course.home.clinic]
    onset, day = course.onset_on, course.reported_on
    symptoms = () if onset is None else tuple(story.random.sample(_SYMPTOMS, k=2))
    return {
        "reported_on": day,
        "doctor_name": "出茂 医師",
        "institution_id": clinic.id,
        "institution_name": clinic.name,
        "institution_address": clinic.address or course.home.prefecture + course.home.city,
        "institution_phone": clinic.phone,
        "diagnosis_type": "asymptomatic_carrier" if onset is None else "confirmed",
        "name": person.name,
        "kana": person.kana,
        "sex": person.sex,
        "birth_on": person.birth_on,
        "postal_code": person.postal_code,
        "address": person.address,
        "mobile_phone": person.mobile_phone,
        "responsible_centre_id": story.places[course.home.centre].id,
        "symptoms": tuple(s for s in _SYMPTOMS if s in symptoms),
        "diagnosis_methods": ("nucleic_acid",),
        "lab_tests": (
            {
                "method": "nucleic_acid",
                "specimen": story.random.choice(("nasopharyngeal_swab", "saliva")),
                "collected_on": day - timedelta(days=story.random.choice((0, 1))),
                "result": "positive",
            },
        ),
        "first_visit_on": day - timedelta(days=1),
        "diagnosed_on": day,
        "infected_on": None,
        "onset_on": onset,
        "infection_route": ("droplet",),
        "route_certainty": "presumed",
        "infection_area": "domestic",
        "area_certainty": "presumed",
        "area_prefecture_code": course.home.municipality_code[:2],
        "hospitalised_at_notification": "no",
        **doses_of(course),
        "severity": course.severity,
        "needs_hospital": "yes" if course.severity in ("moderate_1", "severe") else "no",
    }


def _answer(story: Story, course: Course, notification: Notification) -> None:
    """The health centre's answer, a few hours later or still owed."""
    if course.progress == "submitted":
        return
    with story.at(course.reported_on, 18, course.number % 60):
        if course.progress == "returned":
            return_to_sender(notification, story.random.choice(_REASONS), by=story.by)
            return
        accept(notification, by=story.by, signed_as="青木 一郎")
        case = notification.case
        assert case is not None
        case.published_on = course.reported_on
        case.link_known = story.random.choices(("yes", "no", "unknown"), (50, 40, 10))[0]
        case.elderly_in_household = story.random.choice(("yes", "no", "no"))


def _relate(story: Story, course: Course, case: Case) -> None:
    """A workplace in another area: its health centre is related to the case (関係保健所)."""
    if course.home.told and story.random.random() < _RELATED_SHARE:
        other = story.random.choice([c for c in _TOLD_CENTRES if c != course.home.centre])
        with story.at(course.reported_on + timedelta(days=1), 10):
            grant_access(case, story.places[other].id, "related", by=story.by)


def _place(story: Story, course: Course, case: Case) -> None:
    if course.place == "waiting":
        with story.at(course.reported_on, 20):
            case.waiting_since_on = course.placed_on
        return
    if course.place is None or course.placed_on is None:
        return
    with story.at(course.placed_on, 15, course.number % 60):
        host = _host(story, course)
        severe = "yes" if course.severity == "severe" else "no"
        stay = Stay(case_id=case.id, place=course.place, from_on=course.placed_on)
        stay.institution_id = host.id if host else None
        if course.place == "hospital":
            stay.icu, stay.ventilator, stay.ecmo = severe, severe, "no"
            case.hospitalised = "yes"
            case.severe_on = course.placed_on if severe == "yes" else None
        story.session.add(stay)
        if host is not None:
            role = "treating" if course.place == "hospital" else "observing"
            grant_access(case, host.id, role, by=story.by)
        contractor = story.places.get(_below(course, "follow-up-contractor"))
        if course.place == "home" and contractor is not None and course.number % 2:
            grant_access(case, contractor.id, "observing", by=story.by)
    if course.left_on is not None:
        with story.at(course.left_on, 11):
            _end(story, course, case, stay, host)


def _end(story: Story, course: Course, case: Case, stay: Stay, host: Institution | None) -> None:
    stay.to_on = course.left_on
    case.outcome = course.outcome
    if course.outcome == "died":
        case.died_on = course.left_on
    else:
        case.discharged_on = course.left_on
    if host is not None:
        end_access(case, host.id, by=story.by, after=timedelta(days=14))


def _below(course: Course, kind: str) -> str:
    return course.home.centre.replace("demo-hc-", f"demo-{kind}-")


def _host(story: Story, course: Course) -> Institution | None:
    if course.place not in ("hospital", "hotel"):
        return None
    return story.places.get(_below(course, course.place))


def _observe(story: Story, course: Course, case: Case) -> None:
    """Daily reports of people at home or in a hotel, from the day after they came there."""
    if not course.home.told or course.place not in ("home", "hotel") or course.placed_on is None:
        return
    ongoing = course.left_on is None
    last = course.left_on or story.today
    days = observed_days(course.placed_on + timedelta(days=1), last, course.fate, ongoing=ongoing)
    fate = course.fate if ongoing else "steady"
    for values in observations(days, fate, story.random, ill=not course.asymptomatic):
        story.observe(values, case_id=case.id)


_TOLD_CENTRES = ("demo-hc-13104", "demo-hc-13101", "demo-hc-27100", "demo-hc-01100")
