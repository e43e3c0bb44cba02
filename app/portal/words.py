"""The short words of the patient pages: symptoms in everyday language, marked for translation."""

from app.messaging.languages import P

SYMPTOMS = {
    "cough": P("Cough"),
    "dyspnoea": P("Hard to breathe"),
    "runny_nose": P("Runny or blocked nose"),
    "sore_throat": P("Sore throat"),
    "nausea_vomiting": P("Feeling sick or vomiting"),
    "conjunctivitis": P("Red eyes"),
    "headache": P("Headache"),
    "fatigue": P("Very tired"),
    "joint_muscle_pain": P("Pain in joints or muscles"),
    "diarrhoea": P("Diarrhoea"),
    "altered_consciousness": P("Confused or hard to wake"),
    "convulsion": P("Cramps (convulsions)"),
}
"""Code of ``OBSERVED_SYMPTOM`` → words."""

EMERGENCIES = {
    "bad_complexion": P("The face looks very pale or grey"),
    "purple_lips": P("The lips are purple"),
    "unlike_self": P("Behaves strangely, not as usual"),
    "rapid_breathing": P("Breathing is fast"),
    "sudden_breathlessness": P("Suddenly short of breath"),
    "breathless_on_moving": P("Short of breath after moving a little"),
    "chest_pain": P("Pain in the chest"),
    "cannot_lie": P("Cannot lie down, has to sit to breathe"),
    "shoulder_breathing": P("Shoulders move up and down when breathing"),
    "sudden_wheeze": P("Wheezing began suddenly (within 2 hours)"),
    "drowsy": P("Drowsy, reacts slowly"),
    "clouded": P("Does not answer"),
    "irregular_pulse": P("The pulse skips or is irregular"),
}
"""Code of ``EMERGENCY_SYMPTOM`` → words."""

PROBLEMS = {
    "temperature": P("Please enter the temperature as a number, for example 36.5."),
    "spo2": P("Please enter a number from 50 to 100."),
}
"""Item → what to do about a value that cannot be."""
ANYTHING_ELSE = P("Please check your answers.")

PARTS = {"morning": P("Morning"), "evening": P("Evening"), "once": ""}
