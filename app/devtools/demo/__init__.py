"""Invented people, institutions and an epidemic for trying the portal; nothing of it is real.

Deterministic: the same day gives the same data. Telephone numbers continue with a 0 after the
area code or 090, which Japan does not assign; house numbers do not exist.
"""
