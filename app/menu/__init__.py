"""The menu: what stands where. Screens are in ``screens.py``, what is shown in ``menu_bar.py``."""

from app.menu.entries import Entry, Group
from app.menu.office import OFFICE
from app.menu.people import PEOPLE

__all__ = ["MENU", "Entry", "Group"]

MENU: tuple[Group, ...] = (*PEOPLE, *OFFICE)
