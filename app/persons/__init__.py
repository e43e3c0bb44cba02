"""Identity: what points at one human being, kept apart from what the epidemic needs."""
