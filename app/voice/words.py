"""What the telephone says, marked for the patients' catalogue; no name is ever among it."""

from app.messaging.languages import P

SPOKEN = {
    "ja": "ja-JP",
    "ja_Hira": "ja-JP",
    "en": "en-US",
    "zh_Hans": "zh-CN",
    "zh_Hant": "zh-TW",
    "ko": "ko-KR",
    "pt_BR": "pt-BR",
    "vi": "vi-VN",
    "ne": "ne-NP",
    "tl": "fil-PH",
    "id": "id-ID",
    "es": "es-ES",
    "th": "th-TH",
    "my": "my-MM",
    "ru": "ru-RU",
}
"""Language of the patient pages → that of the voice (BCP 47)."""

GREETING = P("This is the automatic call you asked for. To be called by a person, press 9.")
QUESTIONS = {
    "birth": P(
        "Please press the month and day of your birth, four digits. For April 1, press 0 4 0 1."
    ),
    "temperature": P(
        "What is your temperature? Press three digits: for 36.5 degrees, 3 6 5."
        " If you did not measure it, press 0 and the hash key."
    ),
    "spo2": P(
        "What is your oxygen saturation? Press the number and the hash key."
        " If you did not measure it, press 0 and the hash key."
    ),
    "breathless": P("Is it hard to breathe? Yes: press 1. No: press 2."),
    "emergency": P(
        "Do you have pain in the chest, purple lips, a confused mind,"
        " or can you not lie down? Yes: press 1. No: press 2."
    ),
    "other": P("Is anything else wrong? Yes: press 1. No: press 2."),
}
"""Step → the question."""
NOT_UNDERSTOOD = P("I did not understand.")
WRONG_DATE = P("This does not match.")
CALL_AT_ONCE = P("Please call this number now: %(phone)s. If nobody answers, call 119.")
THANKS = P("Thank you. Your report has arrived. Goodbye.")
PERSON_CALLS = P("A person will call you back. Goodbye.")
KEPT = P("Your answers so far have arrived. Goodbye.")
GOODBYE = P("Goodbye.")


def digit_by_digit(number: str | None) -> str:
    """A telephone number as it is read aloud: ``0 3, 1 2 3 4``; without one, 119."""
    groups = (number or "119").replace("-", " ").replace("(", " ").replace(")", " ").split()
    return ", ".join(" ".join(group) for group in groups)
