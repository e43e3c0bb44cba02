"""Populations of municipalities: entered one by one or from a file, by the offices of the area."""
