"""Pure rules of messages: when one may be sent and tried again, what it may say, what it costs."""

import re
import string
from collections.abc import Iterable, Mapping
from datetime import datetime, time, timedelta
from decimal import Decimal

from app.core.clock import TOKYO

BACK_OFF = (1, 2, 4, 8, 15, 30, 60)
"""Minutes until the next try; the last one is repeated until the message is too late."""
KEPT_FOR = timedelta(hours=24)
"""A message that could not be sent for so long is of no use any more."""

PLACEHOLDERS: Mapping[str, frozenset[str]] = {
    "invitation": frozenset({"link", "phone"}),
    "reminder": frozenset({"link", "phone"}),
    "second_reminder": frozenset({"link", "phone"}),
    "end": frozenset({"phone"}),
    "processing_number": frozenset({"number", "hours", "phone"}),
}
"""What a text may refer to. There is nothing personal among it, so no text can name anybody."""
NEEDED: Mapping[str, frozenset[str]] = {
    "invitation": frozenset({"link"}),
    "reminder": frozenset({"link"}),
    "second_reminder": frozenset({"link"}),
    "end": frozenset(),
    "processing_number": frozenset({"number"}),
}
SMS_LIMIT = 660
"""Characters that Japanese carriers take at most (70 a part)."""

_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_DIGITS = re.compile(r"[0-9]+")
_MOBILE = re.compile(r"0[6-9]0[0-9]{8}")


def next_try(attempts: int, now: datetime) -> datetime:
    """When a message that could not be sent is tried again, after ``attempts`` tries."""
    place = min(max(attempts, 1), len(BACK_OFF)) - 1
    return now + timedelta(minutes=BACK_OFF[place])


def parse_hours(text: str) -> tuple[time, time]:
    """``08:00-20:00`` as two times of the Japanese clock.

    Raises:
        ValueError: not of that form, or the end is not after the beginning.
    """
    begins, _dash, ends = text.partition("-")
    found = time.fromisoformat(begins.strip()), time.fromisoformat(ends.strip())
    if found[0] >= found[1]:
        raise ValueError("sending hours end after they begin")
    return found


def sending_time(channel: str, now: datetime, hours: tuple[time, time]) -> datetime:
    """The first instant from ``now`` at which the channel may be used: no SMS at night."""
    local = now.astimezone(TOKYO)
    if channel != "sms" or hours[0] <= local.time() < hours[1]:
        return now
    day = local.date() if local.time() < hours[0] else local.date() + timedelta(days=1)
    return datetime.combine(day, hours[0], TOKYO)


def sms_parts(text: str) -> int:
    """How many SMS a text takes: 160 (153) plain or 70 (67) other characters each."""
    whole, part = (160, 153) if set(text) <= _GSM else (70, 67)
    units = len(text.encode("utf-16-le")) // 2
    return 1 if units <= whole else -(-units // part)


def sms_cost(parts: int, price: str) -> Decimal:
    """Yen for ``parts``; ``price`` is that of one."""
    return parts * Decimal(price)


def mobile_number(typed: str | None) -> str | None:
    """A Japanese mobile or international number as providers want it (+8190…); None for
    numbers no SMS reaches."""
    plain = (typed or "").strip()
    digits = "".join(_DIGITS.findall(plain))
    if plain.startswith("+"):
        return f"+{digits}" if 8 <= len(digits) <= 15 else None
    return f"+81{digits[1:]}" if _MOBILE.fullmatch(digits) else None


def masked(recipient: str | None) -> str:
    """Enough of an address to tell two apart: ``…2222``, ``h…@example.jp``."""
    if not recipient:
        return ""
    name, at, domain = recipient.partition("@")
    return f"{name[:1]}…@{domain}" if at else f"…{recipient[-4:]}"


def problems_of_text(purpose: str, channel: str, text: str) -> tuple[str, ...]:
    """What is wrong with a template: ``unknown``, ``missing``, ``broken``, ``too_long``."""
    try:
        names = set(_names(text))
    except ValueError:
        return ("broken",)
    found = []
    if names - PLACEHOLDERS[purpose]:
        found.append("unknown")
    if NEEDED[purpose] - names:
        found.append("missing")
    if channel == "sms" and len(text) > SMS_LIMIT - 100:
        found.append("too_long")
    return tuple(found)


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with its ``{placeholders}`` replaced; one without a value stays empty."""
    return text.format_map({name: values.get(name, "") for name in _names(text)})


def _names(text: str) -> Iterable[str]:
    """The placeholders of a text. Raises ValueError for stray braces and anything but names."""
    for _literal, name, form, conversion in string.Formatter().parse(text):
        if name is None:
            continue
        if not name.isidentifier() or form or conversion:
            raise ValueError("only {name} is a placeholder")
        yield name


def moves_on(before: str, after: str) -> bool:
    """True when a report of the provider may change a state: late and repeated ones do not."""
    if before in {"queued", "sent"}:
        return after in {"sent", "delivered", "failed", "bounced", "opted_out"} and before != after
    return before == "delivered" and after == "opted_out"
