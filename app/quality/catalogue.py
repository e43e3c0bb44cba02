"""All rules, by code."""

from collections.abc import Mapping

from app.quality.case_contents import CONTENT_RULES
from app.quality.case_days import DAY_RULES
from app.quality.contact_rules import CONTACT_RULES
from app.quality.rules import Rule

CASE_RULES: tuple[Rule, ...] = (*DAY_RULES, *CONTENT_RULES)
RULES: Mapping[str, Rule] = {rule.code: rule for rule in (*CASE_RULES, *CONTACT_RULES)}
