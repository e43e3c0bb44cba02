"""The switch is nobody's record: everybody signed in may know which mode holds."""

from app.audit.history import historied
from app.security.rows import public_master
from app.surge.models import SurgeSwitch

public_master(SurgeSwitch, reason="one row that says which mode the portal is in; no person")
historied(SurgeSwitch, as_="surge_switch")
