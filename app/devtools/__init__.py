"""Tools for those who build the portal; no feature imports them."""
