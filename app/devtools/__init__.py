"""Tools for those who build the portal; imported by nobody."""
