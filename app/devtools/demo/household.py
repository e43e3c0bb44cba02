"""The household of an invented patient: put under observation, and now and then the next patient."""

from datetime import date, timedelta

from app.cases.models import Case
from app.contacts.models import Contact, ContactExposure
from app.contacts.rules import derive_status, observe_until
from app.devtools.demo.epidemic import Course
from app.devtools.demo.health import observations, observed_days
from app.devtools.demo.people import Invented, invent, surname_index
from app.devtools.demo.teller import Story
from app.institutions.models import Institution
from app.persons.models import Person

_CONTACT_SHARE, _BECAME_CASE_SHARE = 0.4, 0.12


def contact_fallen_ill(story: Story, course: Course) -> Contact | None:
    """Now and then somebody under observation is the next patient."""
    if not story.exposed or not course.home.told or course.asymptomatic:
        return None
    first = story.exposed[0]
    days = (course.reported_on - (first.last_exposure_on or course.reported_on)).days
    if not 2 <= days <= 12 or first.municipality_code != course.home.municipality_code:
        if days > 12:
            story.exposed.pop(0)
        return None
    if story.random.random() > _BECAME_CASE_SHARE:
        return None
    story.exposed.pop(0)
    # From that day on the person is observed as a patient.
    story.observed = [
        kept
        for kept in story.observed
        if kept.contact_id != first.id or kept.observed_on < course.reported_on
    ]
    return first


def trace_household(story: Story, course: Course, case: Case, patient: Invented) -> None:
    """The household of the patient, put under observation by the health centre."""
    if not course.home.told or story.random.random() > _CONTACT_SHARE:
        return
    centre = story.places[course.home.centre]
    exposed_on = course.onset_on or course.reported_on
    with story.at(course.reported_on + timedelta(days=1), 13, course.number % 60):
        for index in range(story.random.randint(1, 3)):
            relative = invent(
                story.random,
                course.number * 10 + index + 500_000,
                story.towns[course.home.prefecture, course.home.city],
                exposed_on,
                surname=surname_index(patient.kana),
            )
            _add_contact(story, course, case, relative, patient, centre, exposed_on)


def _add_contact(
    story: Story,
    course: Course,
    case: Case,
    relative: Invented,
    patient: Invented,
    centre: Institution,
    exposed_on: date,
) -> None:
    until = observe_until(exposed_on)
    person = Person(
        name=relative.name,
        kana=relative.kana,
        birth_on=relative.birth_on,
        postal_code=patient.postal_code,
        address=patient.address,
        mobile_phone=relative.mobile_phone,
    )
    contact = Contact(
        person=person,
        disease_id=case.disease_id,
        sex=relative.sex,
        age_years=(exposed_on - relative.birth_on).days // 366,
        prefecture_code=case.prefecture_code,
        municipality_code=case.municipality_code,
        responsible_centre_id=centre.id,
        authority_id=centre.authority_id,
        last_exposure_on=exposed_on,
        observe_until_on=until,
        status=derive_status(became_case=False, observe_until_on=until, on=story.today),
    )
    exposure = ContactExposure(
        contact=contact,
        case_id=case.id,
        exposed_on=exposed_on,
        relation="household",
        setting="household",
        within_1_metre="yes",
        masked="no",
    )
    story.session.add_all([person, contact, exposure])
    story.session.flush()
    story.exposed.append(contact)
    _observe_contact(story, course, contact, until)


def _observe_contact(story: Story, course: Course, contact: Contact, until: date) -> None:
    first = course.reported_on + timedelta(days=2)
    days = observed_days(first, min(until, story.today), course.fate, ongoing=until >= story.today)
    for values in observations(days, "steady", story.random, ill=False):
        story.observe(values, contact_id=contact.id)
