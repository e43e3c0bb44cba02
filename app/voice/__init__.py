"""Automatic telephone: people report by the keys of any telephone (R101)."""
