"""What became of one try to send; the ways of sending answer with one of these."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sent:
    """Taken by the mail server or the provider, which calls it ``provider_key``."""

    provider_key: str
    parts: int = 1


@dataclass(frozen=True, slots=True)
class Later:
    """Certainly not sent; worth another try. ``away``: nothing else can be sent this way now."""

    problem: str
    away: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """Never to be sent: ``state`` is ``failed``, ``bounced`` or ``opted_out``."""

    state: str
    problem: str


Outcome = Sent | Later | Refused

UNCERTAIN = Refused("failed", "uncertain")
"""The connection ended after the text was handed over: a repetition might be a second one."""
