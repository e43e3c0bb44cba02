"""Screens made from the item declarations: list, show, add, edit, delete, actions, REST.

Nothing here knows a disease or an institution. A feature names its items and its domain
verbs; the laws of the session decide what exists for whom.
"""
