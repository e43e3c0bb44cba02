"""Exposed persons and the exposures that tie them to source cases."""
