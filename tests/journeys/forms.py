"""What is typed into the longer forms of the journeys."""

from tests.journeys.steps import Window

PERSON = {
    "name": "佐藤　健一",
    "kana": "さとう けんいち",
    "birth_on": "昭和30年4月30日",
    "mobile_phone": "０９０-1234-5678",
}


def fill_in_the_diagnosis(clinic: Window) -> None:
    """Everything a 発生届 asks for below the person's address."""
    clinic.choose(
        symptoms=("fever", "cough"),
        diagnosis_methods="nucleic_acid",
        test_nucleic_acid_specimen="saliva",
        test_nucleic_acid_result="positive",
        infection_route="droplet",
        route_certainty="presumed",
        infection_area="domestic",
        area_certainty="presumed",
        area_prefecture_code="13",
        hospitalised_at_notification="no",
    )
    clinic.type(
        test_nucleic_acid_collected_on="2021/8/18",
        first_visit_on="2021/8/18",
        diagnosed_on="R3.8.19",
        onset_on="2021/8/16",
    )


def fill_in_a_whole_notification(clinic: Window) -> None:
    """A notification that can be submitted as it is."""
    clinic.open("/notifications/new")
    clinic.type(doctor_name="遠藤 五月", **PERSON)
    clinic.choose(diagnosis_type="confirmed", sex="male")
    clinic.type(postal_code="160-0022")
    clinic.has_in("address", "東京都新宿区新宿")
    fill_in_the_diagnosis(clinic)
