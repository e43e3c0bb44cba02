"""Pure rules of break-glass access: how long, for what reasons, how many tries."""

from datetime import datetime, timedelta

from app.cases.rules import case_number
from app.core.labels import CodeList

MINUTES = 60
"""How long a case stays open."""
WRONG_NUMBERS_PER_HOUR = 5
OPENINGS_PER_HOUR = 10
NUMBER_LENGTH = 8

REASON = CodeList(
    "break_glass_reason",
    ("emergency_transport", "救急搬送・容体急変への対応", "Emergency transport or sudden change"),
    ("patient_here", "患者が来所・来院・入電している", "The patient is here or on the telephone"),
    ("moved", "転居・転院の連絡を受けた", "Told that the patient moved"),
    ("outbreak", "集団発生の調査", "Investigation of an outbreak"),
    ("disaster", "災害・システム障害時の代行", "Acting for another in disaster or failure"),
    ("other", "その他（事情に記入）", "Other (say which)"),
)


def is_case_number(digits: str) -> bool:
    """Eight digits whose last is the check digit of the others: anything else is a slip of the
    finger, told without asking whether such a case exists."""
    if len(digits) != NUMBER_LENGTH or not digits.isdigit() or int(digits[:-1]) == 0:
        return False
    return case_number(int(digits[:-1])) == digits


def minutes_left(expires_at: datetime, now: datetime) -> int:
    """Whole minutes until the end, the one that has begun included; 0 when it is over."""
    rest = expires_at - now
    return max(0, -(-rest // timedelta(minutes=1)))
