"""Dashboards: the figures of a health centre, an authority, a prefecture and the country."""
