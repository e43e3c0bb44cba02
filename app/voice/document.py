"""Answers to the provider, in the XML of programmable telephony: Say, Gather, Redirect, Hangup."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement, tostring

from app.messaging.languages import speaker
from app.voice.words import SPOKEN

SECONDS = 6
"""After the last key, or without one, so long is waited."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What is said next; ``keys`` (the most that may be pressed) when something is asked."""

    language: str = "ja"
    lines: Sequence[tuple[str, dict[str, str]]] = ()
    keys: int = 0
    turn: int = 0


def document(reply: Reply, action: Callable[[int], str]) -> bytes:
    """The reply as XML; ``action`` gives the address the keys of a turn are sent to.

    Whoever presses nothing comes to the same address without keys.
    """
    root = Element("Response")
    target = action(reply.turn)
    place = root
    if reply.keys:
        given = {
            "input": "dtmf",
            "numDigits": str(reply.keys),
            "timeout": str(SECONDS),
            "finishOnKey": "#",
            "method": "POST",
            "action": target,
        }
        place = SubElement(root, "Gather", given)
    say = speaker(reply.language)
    for words, values in reply.lines:
        spoken = SubElement(place, "Say", {"language": SPOKEN.get(reply.language, "ja-JP")})
        spoken.text = say(words, **values)
    if reply.keys:
        SubElement(root, "Redirect", {"method": "POST"}).text = target
    else:
        SubElement(root, "Hangup")
    return b'<?xml version="1.0" encoding="UTF-8"?>' + tostring(root, encoding="utf-8")
